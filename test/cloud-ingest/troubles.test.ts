import { expect, test } from "vitest";
import { Troubles } from "../../cloud-ingest/troubles.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { LogRecorder } from "../support/log-recorder.ts";
import { ManualClock } from "../support/manual-clock.ts";

const START = "2026-11-23T11:30:00.000Z";

function recorded() {
  const log = new LogRecorder();
  const clock = new ManualClock(START);
  return { log, clock, troubles: new Troubles({ log, clock }) };
}

test("a trouble is logged when it begins and when it ends, and stands in the list between", () => {
  const { log, clock, troubles } = recorded();
  troubles.raise("bus-down", "first");
  clock.advance(5_000);
  troubles.raise("bus-down", "second");
  expect(troubles.list()).toEqual([{ code: "bus-down", subject: "", text: "second", since: START }]);
  troubles.clear("bus-down");
  troubles.clear("bus-down");
  expect(troubles.list()).toEqual([]);
  expect(log.lines).toEqual([
    "error the bus takes nothing, so nothing is acknowledged",
    "info the bus takes messages again",
  ]);
});

test("each subject is a trouble of its own", () => {
  const { troubles } = recorded();
  troubles.raise("warehouse-down", "x", "a");
  troubles.raise("warehouse-down", "x", "b");
  troubles.clear("warehouse-down", "a");
  expect(troubles.list().map((trouble) => trouble.subject)).toEqual(["b"]);
});

test("no path of the machine gets into the text", () => {
  const { troubles } = recorded();
  const hint = "Free some space.";
  troubles.raise("bus-down", new AppError("The disk is full: /var/lib/kazoe", { code: "DISK_FULL", hint }));
  troubles.raise("warehouse-down", new Error("ENOENT: /var/lib/kazoe/x"));
  expect(troubles.list().map((trouble) => trouble.text)).toEqual([
    "DISK_FULL: Free some space.",
    "unexpected; the log says more",
  ]);
});
