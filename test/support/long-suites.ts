/**
 * Suites that play against real time, real videos, kills, faults put into files or dozens of processes for five seconds and more. A run of everything leaves them out
 * unless `KAZOE_TEST_LONG=1`, which `.ci/run` sets; named on the command line, they run anyway.
 */
const LONG_SUITES = [
  "test/cloud-ingest/alerts/restart.test.ts",
  "test/cloud-ingest/dashboards/browser.test.ts",
  "test/cloud-ingest/forecast/onnx/onnx-member.test.ts",
  "test/cloud-ingest/ingest/heavy-batch.test.ts",
  "test/cloud-ingest/ingest/kill.test.ts",
  "test/cloud-ingest/jobs/quality/job-kill.test.ts",
  "test/cloud-ingest/pubsub/apart.test.ts",
  "test/cloud-ingest/pubsub/pubsub-bus.test.ts",
  "test/cloud-ingest/pubsub/stop.test.ts",
  "test/cloud-ingest/rows/import-kill.test.ts",
  "test/cloud-ingest/server/attack.test.ts",
  "test/cloud-ingest/server/operations-browser.test.ts",
  "test/cloud-ingest/warehouse/bigquery/bigquery-emulator.test.ts",
  "test/cloud-ingest/warehouse/bigquery/bigquery.test.ts",
  "test/cloud-ingest/warehouse/bigquery/faults.test.ts",
  "test/cloud-ingest/warehouse/bigquery/races.test.ts",
  "test/cloud-ingest/warehouse/bigquery/statements.test.ts",
  "test/cloud-ingest/warehouse/bigquery/strange-answers.test.ts",
  "test/cloud-ingest/warehouse/bigquery/upkeep.test.ts",
  "test/cloud-ingest/warehouse/bigquery/workers.test.ts",
  "test/cloud-ingest/warehouse/duckdb-archive.test.ts",
  "test/cloud-ingest/warehouse/duckdb-damage.test.ts",
  "test/cloud-ingest/warehouse/duckdb-full-disk.test.ts",
  "test/cloud-ingest/warehouse/duckdb-paths.test.ts",
  "test/cloud-ingest/warehouse/duckdb-places.test.ts",
  "test/cloud-ingest/warehouse/duckdb/reconcile.test.ts",
  "test/cloud-ingest/warehouse/transfer/bigquery-transfer.test.ts",
  "test/cloud-ingest/warehouse/transfer/duckdb-transfer.test.ts",
  "test/deploy/cli/warehouse-copy.test.ts",
  "test/deploy/cli/models-measure.test.ts",
  "test/deploy/cli/small-faults.test.ts",
  "test/e2e/accuracy.test.ts",
  "test/e2e/cli.test.ts",
  "test/e2e/damage.test.ts",
  "test/e2e/demo.test.ts",
  "test/e2e/free-batch.test.ts",
  "test/edge-agent/camera/decoder-trial.test.ts",
  "test/edge-agent/camera/orphan.test.ts",
  "test/edge-agent/camera-health/camera-health.test.ts",
  "test/edge-agent/damaged-device.test.ts",
  "test/edge-agent/detector/overhead/bus-door.test.ts",
  "test/edge-agent/detector/probe/probe-model.test.ts",
  "test/edge-agent/detector/overhead/scenes.test.ts",
  "test/e2e/kill.test.ts",
  "test/e2e/table.test.ts",
  "test/edge-agent/camera/ffmpeg/ffmpeg-camera.test.ts",
  "test/edge-agent/camera/live-player.test.ts",
  "test/edge-agent/camera/opencv/opencv-camera.test.ts",
  "test/edge-agent/camera/rtsp.test.ts",
  "test/edge-agent/mqtt/publisher.test.ts",
  "test/firmware-config/kit/queue/damage.test.ts",
];

/** The suites that this run leaves out. `args` are those of the command line. */
export function suitesLeftOut(env: NodeJS.ProcessEnv, args: readonly string[]): readonly string[] {
  const isNamed = args.some((arg) => arg.includes("test/") || arg.endsWith(".test.ts"));
  return env.KAZOE_TEST_LONG === "1" || isNamed ? [] : LONG_SUITES;
}
