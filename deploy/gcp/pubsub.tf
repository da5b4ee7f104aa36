data "google_project" "this" {
  project_id = var.project
}

locals {
  retention = "${var.message_retention_days * 86400}s"

  # Pub/Sub itself moves what it has given up; without these two rights it never does.
  pubsub_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic" "messages" {
  name                       = var.name
  message_retention_duration = local.retention
  depends_on                 = [google_project_service.needed]

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

resource "google_pubsub_topic" "dead_letters" {
  name       = "${var.name}-dead-letters"
  depends_on = [google_project_service.needed]

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

# Start, end and failure of jobs, for programs of the client's; without a subscription what is published there is dropped.
resource "google_pubsub_topic" "events" {
  name       = "${var.name}-events"
  depends_on = [google_project_service.needed]

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

resource "google_pubsub_subscription" "ingest" {
  name                         = "${var.name}-ingest"
  topic                        = google_pubsub_topic.messages.id
  enable_message_ordering      = true
  enable_exactly_once_delivery = true
  ack_deadline_seconds         = 60
  message_retention_duration   = local.retention

  # Never: a shop that is closed for a month keeps its subscription.
  expiration_policy {
    ttl = ""
  }

  retry_policy {
    minimum_backoff = "1s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic = google_pubsub_topic.dead_letters.id
    # Ingest hands back what it holds whenever it is stopped, so the fewest, 5, would lose good messages in a bad week.
    max_delivery_attempts = 100
  }
}

resource "google_pubsub_subscription" "dead_letters" {
  name                       = "${var.name}-dead-letters"
  topic                      = google_pubsub_topic.dead_letters.id
  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s"

  expiration_policy {
    ttl = ""
  }
}
