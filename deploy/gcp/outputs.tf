output "configuration" {
  description = "The bus and the warehouse of cloud.yaml"
  value = yamlencode({
    bus = {
      type                   = "pubsub"
      project                = var.project
      topic                  = google_pubsub_topic.messages.name
      subscription           = google_pubsub_subscription.ingest.name
      deadLetterSubscription = google_pubsub_subscription.dead_letters.name
      eventsTopic            = google_pubsub_topic.events.name
    }
    warehouse = {
      type     = "bigquery"
      project  = var.project
      dataset  = google_bigquery_dataset.warehouse.dataset_id
      location = google_bigquery_dataset.warehouse.location
      migrate  = "by-command"
    }
  })
}

output "accounts" {
  description = "Account that a process with each --role runs as; several roles in one process run as ingest"
  value = {
    broker = google_service_account.broker.email
    ingest = google_service_account.ingest.email
    jobs   = google_service_account.jobs.email
    server = google_service_account.server.email
  }
}
