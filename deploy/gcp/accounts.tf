# One account a role, and each may do that one thing.

resource "google_service_account" "broker" {
  account_id   = "${var.name}-broker"
  display_name = "Kazoe broker: publishes what devices send"
}

resource "google_service_account" "ingest" {
  account_id   = "${var.name}-ingest"
  display_name = "Kazoe ingest: reads the subscriptions"
}

resource "google_pubsub_topic_iam_member" "broker_publishes" {
  topic  = google_pubsub_topic.messages.name
  role   = "roles/pubsub.publisher"
  member = google_service_account.broker.member
}

resource "google_pubsub_subscription_iam_member" "ingest_reads" {
  subscription = google_pubsub_subscription.ingest.name
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.ingest.member
}

resource "google_pubsub_subscription_iam_member" "ingest_reads_dead_letters" {
  subscription = google_pubsub_subscription.dead_letters.name
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.ingest.member
}

resource "google_pubsub_topic_iam_member" "agent_publishes_dead_letters" {
  topic  = google_pubsub_topic.dead_letters.name
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "agent_takes_from_ingest" {
  subscription = google_pubsub_subscription.ingest.name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}
