import { expect, test } from "vitest";
import { Silence } from "../../../cloud-ingest/server/silence.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { silentTroubles } from "../../support/troubles.ts";
import { SHIBUYA } from "../warehouse/rows.ts";

/** How long the store has been silent, by a server whose warehouse tells these times of receipt one after the other. */
function silentFor(lastSeenAt: () => string) {
  const clock = new ManualClock("2026-11-26T12:00:00Z");
  const warehouse = { lastSeen: async () => [{ tenant: "acme", store: "shibuya", lastSeenAt: lastSeenAt() }] };
  const silence = new Silence({ warehouse, stores: [SHIBUYA], troubles: silentTroubles, clock });
  const look = async (afterS: number) => {
    clock.advance(afterS);
    await silence.refresh();
    return silence.list()[0]?.silenceS;
  };
  return { look };
}

test("a time of receipt of the future hides no silence", async () => {
  const { look } = silentFor(() => "2032-12-04T18:00:00Z");
  expect([await look(0), await look(600), await look(600)]).toEqual([0, 600, 1200]);
});

test("what is heard now counts again", async () => {
  let lastSeenAt = "2032-12-04T18:00:00Z";
  const { look } = silentFor(() => lastSeenAt);
  await look(0);
  await look(600);
  lastSeenAt = "2026-11-26T12:10:00Z";
  expect([await look(0), await look(30)]).toEqual([0, 30]);
});
