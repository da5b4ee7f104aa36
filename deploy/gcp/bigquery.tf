resource "google_bigquery_dataset" "warehouse" {
  dataset_id                 = var.dataset
  description                = "Kazoe: what was counted, and what is derived of it"
  location                   = var.region
  labels                     = var.labels
  max_time_travel_hours      = "168"
  delete_contents_on_destroy = false
  depends_on                 = [google_project_service.needed]

  # With this list nobody else gets in: left out, every viewer of the project reads the dataset and every editor writes it. A dataset
  # has at least one owner.
  access {
    role          = "OWNER"
    special_group = "projectOwners"
  }

  access {
    role          = "WRITER"
    user_by_email = google_service_account.ingest.email
  }

  access {
    role          = "WRITER"
    user_by_email = google_service_account.jobs.email
  }

  access {
    role          = "READER"
    user_by_email = google_service_account.server.email
  }

  lifecycle {
    prevent_destroy = true
  }
}

# The last line of defence behind maxReadMb and maxJobMb, which bound each statement: no query of the project runs beyond it until midnight
# in California. What devices send is appended all the same.
resource "google_cloud_quotas_quota_preference" "query_bytes" {
  count         = var.daily_query_gib == 0 ? 0 : 1
  parent        = "projects/${data.google_project.this.number}"
  name          = "${var.name}-query-bytes-a-day"
  service       = "bigquery.googleapis.com"
  quota_id      = "QueryUsagePerDay"
  contact_email = var.contact_email
  depends_on    = [google_project_service.needed]

  # From Google's 200 TiB it is more than the tenth that may go at once.
  ignore_safety_checks = "QUOTA_DECREASE_PERCENTAGE_TOO_HIGH"

  quota_config {
    preferred_value = var.daily_query_gib * 1024
  }
}
