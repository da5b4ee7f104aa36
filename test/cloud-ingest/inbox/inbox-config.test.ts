import { expect, test } from "vitest";
import { CloudConfig } from "../../../cloud-ingest/config.ts";
import { InboxConfig } from "../../../cloud-ingest/inbox/inbox-config.ts";
import { parseConfig } from "../../../firmware-config/config/load.ts";

const STORE = { tenant: "t", store: "s", name: "Shop", timeZone: "Asia/Tokyo" };
const parse = (bus: object) => parseConfig(JSON.stringify({ stores: [STORE], bus }), "cloud.yaml", CloudConfig).bus;

test("an inbox holds a gigabyte and keeps half of one, where nothing else is said", () => {
  expect(parse({ type: "inbox" })).toEqual({ type: "inbox", maxMb: 1024, keepMb: 512 });
});

test.each([
  { name: "the least", bus: { maxMb: 1, keepMb: 0 }, error: undefined },
  { name: "the most", bus: { maxMb: 1_048_576, keepMb: 1_048_576 }, error: undefined },
  { name: "less", bus: { maxMb: 0 }, error: /bus\.maxMb: must be >= 1/ },
  { name: "more", bus: { maxMb: 1_048_577 }, error: /bus\.maxMb: must be <= 1048576/ },
  { name: "less than nothing to keep", bus: { keepMb: -1 }, error: /bus\.keepMb: must be >= 0/ },
  { name: "more to keep", bus: { keepMb: 1_048_577 }, error: /bus\.keepMb: must be <= 1048576/ },
  { name: "half a megabyte", bus: { maxMb: 1.5 }, error: /bus\.maxMb: must be integer/ },
  { name: "what is none of its keys", bus: { maxMB: 5 }, error: /bus: unknown key "maxMB"/ },
])("the bounds of an inbox: $name", ({ bus, error }) => {
  const inbox = () => parse({ type: "inbox", ...bus });
  if (error) expect(inbox).toThrow(error);
  else expect(inbox()).toMatchObject(bus);
});

test("each of its keys says what it is for", () => {
  const { properties }: { properties: Record<string, { description?: string }> } = JSON.parse(
    JSON.stringify(InboxConfig),
  );
  expect(Object.keys(properties)).toEqual(["type", "maxMb", "keepMb"]);
  for (const { description } of Object.values(properties)) expect(description).toMatch(/\w+ \w+/);
});
