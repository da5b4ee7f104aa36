import { expect, test } from "vitest";
import { Lanes } from "../../../cloud-ingest/jobs/lanes.ts";

function held() {
  let release = () => {};
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}

test("work of a lane waits for what was asked before, that of another lane does not", async () => {
  const lanes = new Lanes();
  const gate = held();
  const done: string[] = [];
  const work =
    (name: string, before: Promise<void> = Promise.resolve()) =>
    async () => {
      await before;
      done.push(name);
    };
  const long = [lanes.run("long", work("forecast", gate.promise)), lanes.run("long", work("cluster"))];
  await lanes.run("quick", work("roll-up"));
  expect(done).toEqual(["roll-up"]);
  gate.release();
  await Promise.all(long);
  expect(done).toEqual(["roll-up", "forecast", "cluster"]);
});

test("work that fails holds up nothing after it", async () => {
  const lanes = new Lanes();
  const failing = lanes.run("quick", async () => {
    throw new Error("disk full");
  });
  const next = lanes.run("quick", async () => "done");
  await expect(failing).rejects.toThrow("disk full");
  expect(await next).toBe("done");
  await lanes.idle();
});
