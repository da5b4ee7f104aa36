variable "project" {
  description = "Google Cloud project that holds all of it"
  type        = string
}

variable "region" {
  description = "Where messages and rows are stored; those of Japan's shops stay in Japan by default"
  type        = string
  default     = "asia-northeast1"
}

variable "name" {
  description = "Prefix of everything that is made"
  type        = string
  default     = "kazoe"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,20}$", var.name))
    error_message = "Lower-case letters, digits and hyphens, 3 to 21 of them."
  }
}

variable "dataset" {
  description = "Dataset of the warehouse"
  type        = string
  default     = "kazoe"

  validation {
    condition     = can(regex("^\\w+$", var.dataset))
    error_message = "Letters, digits and underscores."
  }
}

variable "labels" {
  description = "Labels of the dataset, for the bill; give the same to warehouse.labels of cloud.yaml, for the queries"
  type        = map(string)
  default     = { app = "kazoe" }
}

variable "message_retention_days" {
  description = "How long a message waits for an ingest that is away, and how far a subscription can go back"
  type        = number
  default     = 7

  validation {
    condition     = var.message_retention_days >= 1 && var.message_retention_days <= 31
    error_message = "Pub/Sub keeps messages for 1 to 31 days."
  }
}

variable "server_takes_rows" {
  description = "True where http.readers of cloud.yaml may write rows: a server apart from the broker publishes them"
  type        = bool
  default     = false
}

variable "billing_account" {
  description = "Billing account of the budget alert; empty = no alert"
  type        = string
  default     = ""
}

variable "monthly_budget" {
  description = "A word goes out at half of this and at all of it, in the billing account's currency"
  type        = number
  default     = 50
}

variable "daily_query_gib" {
  description = "Most that all queries of the project may read in a day, GiB; 0 = as Google has it, 200 TiB"
  type        = number
  default     = 1024

  validation {
    condition     = var.daily_query_gib >= 0 && floor(var.daily_query_gib) == var.daily_query_gib
    error_message = "A whole number from 0."
  }
}

variable "contact_email" {
  description = "Whom Google asks about the quota: an account that may change it"
  type        = string
  default     = null
}
