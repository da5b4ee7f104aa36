output "configuration" {
  description = "The bus of cloud.yaml"
  value = yamlencode({
    bus = {
      type                   = "pubsub"
      project                = var.project
      topic                  = google_pubsub_topic.messages.name
      subscription           = google_pubsub_subscription.ingest.name
      deadLetterSubscription = google_pubsub_subscription.dead_letters.name
    }
  })
}

output "broker_account" {
  description = "Account that the process with --role broker runs as"
  value       = google_service_account.broker.email
}

output "ingest_account" {
  description = "Account that the process with --role ingest,jobs,server runs as"
  value       = google_service_account.ingest.email
}
