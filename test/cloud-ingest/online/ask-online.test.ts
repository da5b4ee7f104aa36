import { describe, expect, test } from "vitest";
import { TABLES } from "../../../cloud-ingest/warehouse/bigquery/tables.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { onlineRig } from "./online-rig.ts";

const CHANGES = {
  bigquery: ["datasets.insert", "tables.insert", "tables.patch", "tables.update", "tables.delete", "jobs.run"],
  pubsub: ["CreateTopic", "UpdateTopic", "CreateSubscription", "UpdateSubscription", "Publish", "StreamingPull"],
};

describe("a place where all is well", () => {
  test("is good, and the next start's work is told", async () => {
    const rig = await onlineRig();
    const { wrong, notes, plan } = await rig.ask();
    expect(wrong).toEqual([]);
    expect(notes.join()).toContain("the next start makes or changes counts, events, health");
    expect(plan.map(({ name }) => name)).toEqual(expect.arrayContaining(["counts", "v_counts"]));
    expect(plan[0]?.ddl).toContain("CREATE TABLE");
  });

  test("is good without a word when it stands, and nothing was changed by asking", async () => {
    const rig = await onlineRig();
    await rig.migrate();
    const calls = () => [
      ...CHANGES.bigquery.map((method) => rig.bigquery.rest.faults.calls(method)),
      ...CHANGES.pubsub.map((method) => rig.pubsub.faults.calls(method)),
      rig.bigquery.rest.jobs().length,
    ];
    const before = calls();
    const { wrong, notes, good } = await rig.ask();
    expect({ wrong, notes }).toEqual({ wrong: [], notes: [] });
    for (const word of ["queries may be run", "lies in US", "no right is missing", "as this version needs them"])
      expect(good.join()).toContain(word);
    expect(calls()).toEqual(before);
  });
});

test("tells everything that is wrong at once", async () => {
  const rig = await onlineRig();
  const bus = { ...rig.bus, topic: "no-topic", subscription: "no-subscription", deadLetterSubscription: "no-dead" };
  const warehouse = { ...rig.warehouse, dataset: "no_dataset" };
  const { wrong } = await rig.ask({ bus, warehouse }, { clock: new ManualClock("2020-01-01T00:00:00Z") });
  const words = [
    "topic no-topic",
    "subscription no-subscription",
    "subscription no-dead",
    "dataset no_dataset",
    "minutes behind",
  ];
  expect(wrong).toHaveLength(words.length);
  for (const word of words) expect(wrong.join("\n")).toContain(word);
});

test.each([
  { minutes: -11, says: "behind" },
  { minutes: -9, says: undefined },
  { minutes: 9, says: undefined },
  { minutes: 11, says: "ahead of" },
])("a clock that is $minutes minutes off", async ({ minutes, says }) => {
  const rig = await onlineRig();
  const clock = { nowMs: () => Date.now() + minutes * 60_000, monotonicMs: () => 0 };
  const { wrong } = await rig.ask({}, { clock });
  expect(wrong).toEqual(says === undefined ? [] : [expect.stringContaining(`minutes ${says} 127.0.0.1`)]);
});

test("a service that cannot be reached is said within seconds", async () => {
  const rig = await onlineRig();
  await rig.bigquery.rest.stop();
  const asked = rig.ask({}, { roles: ["server"] });
  expect((await asked).wrong).toContainEqual(expect.stringContaining("cannot be reached"));
  expect((await rig.ask({}, { roles: ["broker"] })).wrong).toEqual([]);
});

describe("BigQuery", () => {
  test("a dataset somewhere else", async () => {
    const rig = await onlineRig();
    const { wrong, hints } = await rig.ask({ warehouse: { ...rig.warehouse, location: "asia-northeast1" } });
    expect(wrong.join("\n")).toContain("it lies in US, not in asia-northeast1");
    expect(hints.join("\n")).toContain("location: US");
  });

  test("a table of another shape, naming what differs", async () => {
    const rig = await onlineRig();
    await rig.dataset.createTable("counts", { schema: [{ name: "date", type: "STRING" }] });
    const { wrong } = await rig.ask();
    expect(wrong.join("\n")).toContain("counts: column date is STRING instead of DATE");
  });

  test.each(["bigquery.tables.getData", "bigquery.tables.updateData", "bigquery.tables.update"])(
    "each right that is missing, by its name: %s",
    async (right) => {
      const rig = await onlineRig();
      await rig.migrate();
      rig.bigquery.rest.denied.add(right);
      const { wrong, hints } = await rig.ask();
      expect(wrong).toHaveLength(1);
      expect(wrong[0]).toContain(`lacks ${right} on `);
      for (const { name } of TABLES) expect(wrong[0]).toContain(name);
      expect(hints[0]).toContain("roles/bigquery.dataEditor");
    },
  );

  test("the right to run queries, to list tables and to make one", async () => {
    const { wrong: runs } = await (await refusing("jobs.insert", "bigquery.jobs.create")).ask();
    expect(runs.join()).toContain("bigquery.jobs.create");
    const { hints: lists } = await (await refusing("tables.list", "bigquery.tables.list")).ask();
    expect(lists).toEqual([expect.stringContaining("it lacks bigquery.tables.list")]);
    const { hints: makes } = await (await refusing("jobs.insert", "bigquery.tables.create", 1)).ask();
    expect(makes).toEqual([expect.stringContaining("it lacks bigquery.tables.create")]);
  });

  test("an account that only reads pages needs to write nothing, but the tables must be there", async () => {
    const rig = await onlineRig();
    const roles = { roles: ["server"] } as const;
    expect((await rig.ask({}, roles)).wrong).toEqual([expect.stringContaining("may not make them")]);
    await rig.migrate();
    for (const right of ["update", "updateData"]) rig.bigquery.rest.denied.add(`bigquery.tables.${right}`);
    const { wrong, good } = await rig.ask({}, roles);
    expect(wrong).toEqual([]);
    expect(good.join()).not.toContain("Pub/Sub");
  });

  test("tables that are missing where only a command may make them", async () => {
    const rig = await onlineRig();
    const { wrong, hints } = await rig.ask({ warehouse: { ...rig.warehouse, migrate: "by-command" } });
    expect(wrong).toEqual([expect.stringContaining("it lacks counts")]);
    expect(hints.join()).toContain("kazoe warehouse migrate");
  });

  test("credentials that are not accepted, once", async () => {
    const rig = await onlineRig();
    rig.bigquery.rest.faults.add("jobs.insert", { kind: "fail", code: 401 });
    const { wrong } = await rig.ask({ bus: { type: "inbox", maxMb: 1, keepMb: 0 } });
    expect(wrong).toEqual([expect.stringContaining("not accepted or have expired")]);
  });

  test("an API that nobody has switched on", async () => {
    const rig = await onlineRig();
    const message = "BigQuery API has not been used in project 1 before or it is disabled.";
    rig.bigquery.rest.faults.add("jobs.insert", { kind: "fail", code: 403, message });
    expect((await rig.ask()).hints).toContain("Run: gcloud services enable bigquery.googleapis.com");
  });
});

/** A place whose double refuses a method, after some calls, for want of a right. */
async function refusing(method: string, right: string, after = 0) {
  const rig = await onlineRig();
  await rig.migrate();
  const message = `Access Denied: Permission ${right} denied on resource (or it may not exist).`;
  rig.bigquery.rest.faults.add(method, { kind: "fail", code: 403, message }, { times: 9, after });
  return rig;
}

describe("Pub/Sub", () => {
  test("each right that is missing, by its name", async () => {
    const rig = await onlineRig();
    rig.pubsub.denied.add("pubsub.topics.publish").add("pubsub.subscriptions.consume");
    const { wrong } = await rig.ask();
    expect(wrong).toEqual([
      expect.stringMatching(/topic traffic .* lacks pubsub.topics.publish/),
      expect.stringMatching(/subscription ingest .* lacks pubsub.subscriptions.consume/),
      expect.stringMatching(/subscription dead-letters .* lacks pubsub.subscriptions.consume/),
    ]);
  });

  test("an account that may publish and look at nothing is good enough for the broker", async () => {
    const rig = await onlineRig();
    rig.pubsub.faults.add("GetTopic", { kind: "fail", code: 7 });
    const { wrong, good } = await rig.ask({}, { roles: ["broker"] });
    expect(wrong).toEqual([]);
    expect(good).toContainEqual(expect.stringContaining("topic traffic"));
    expect(good.join()).not.toContain("BigQuery");
  });

  test("a server apart that may not publish, where a reader writes rows, and only there", async () => {
    const rig = await onlineRig();
    await rig.migrate();
    rig.pubsub.denied.add("pubsub.topics.publish");
    const asked = async (writes: readonly string[]) =>
      (await rig.ask({ http: { readers: [{}, { writes }] } }, { roles: ["server"] })).wrong;
    expect(await asked([])).toEqual([]);
    expect(await asked(["calendar"])).toEqual([expect.stringMatching(/topic traffic .* lacks pubsub.topics.publish/)]);
  });

  test("a subscription of another topic, and dead letters that go elsewhere", async () => {
    const rig = await onlineRig();
    const bus = { ...rig.bus, subscription: "dead-letters", deadLetterSubscription: "ingest" };
    const { wrong } = await rig.ask({ bus }, { roles: ["ingest"] });
    expect(wrong).toContainEqual(expect.stringContaining("topics/dead, not the topic traffic"));
    expect(wrong).toContainEqual(expect.stringContaining("it has no dead-letter topic"));
    const { deadLetterSubscription: _, ...alone } = { deadLetterSubscription: "", ...rig.bus };
    expect((await rig.ask({ bus: alone })).wrong).toEqual([expect.stringContaining("which nobody reads")]);
  });

  test("credentials that are not accepted", async () => {
    const rig = await onlineRig();
    rig.pubsub.faults.add("GetTopic", { kind: "fail", code: 16 });
    const { wrong } = await rig.ask({}, { roles: ["broker"] });
    expect(wrong).toEqual([expect.stringContaining("not accepted or have expired")]);
  });
});
