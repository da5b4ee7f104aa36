# One account a role of the cloud half, and each may do what that role does.

resource "google_service_account" "broker" {
  account_id   = "${var.name}-broker"
  display_name = "Kazoe broker: publishes what devices send"
}

resource "google_service_account" "ingest" {
  account_id   = "${var.name}-ingest"
  display_name = "Kazoe ingest: reads the subscriptions, writes the warehouse"
}

resource "google_service_account" "jobs" {
  account_id   = "${var.name}-jobs"
  display_name = "Kazoe jobs: rolls up the warehouse"
}

resource "google_service_account" "server" {
  account_id   = "${var.name}-server"
  display_name = "Kazoe server: reads the warehouse for pages"
}

resource "google_pubsub_topic_iam_member" "broker_publishes" {
  topic  = google_pubsub_topic.messages.name
  role   = "roles/pubsub.publisher"
  member = google_service_account.broker.member
}

# Rows of POST /rows go the way of the messages. Only where readers may write any.
resource "google_pubsub_topic_iam_member" "server_publishes_rows" {
  count  = var.server_takes_rows ? 1 : 0
  topic  = google_pubsub_topic.messages.name
  role   = "roles/pubsub.publisher"
  member = google_service_account.server.member
}

# Jobs run as ingest where one process has both roles.
resource "google_pubsub_topic_iam_member" "jobs_announce" {
  for_each = {
    ingest = google_service_account.ingest.member
    jobs   = google_service_account.jobs.member
  }
  topic  = google_pubsub_topic.events.name
  role   = "roles/pubsub.publisher"
  member = each.value
}

resource "google_pubsub_subscription_iam_member" "ingest_reads" {
  subscription = google_pubsub_subscription.ingest.name
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.ingest.member
}

# To see that somebody deleted the topic: made again under its name, it has no subscriptions, and nothing else would say so. Shows no message.
resource "google_pubsub_subscription_iam_member" "ingest_looks" {
  subscription = google_pubsub_subscription.ingest.name
  role         = "roles/pubsub.viewer"
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

# Queries are run in a project, so this one right cannot be given on the dataset. It lets nobody see any data.
resource "google_project_iam_member" "runs_queries" {
  for_each = {
    ingest = google_service_account.ingest.member
    jobs   = google_service_account.jobs.member
    server = google_service_account.server.member
  }

  project = var.project
  role    = "roles/bigquery.jobUser"
  member  = each.value
}
