import { describe, expect, test } from "vitest";
import { type Place, UnreadPages } from "../../../cloud-ingest/server/unread-pages.ts";

const MIB = 1024 * 1024;
const { signal } = new AbortController();

async function placeOf(pages: UnreadPages, reader: string): Promise<Place> {
  const place = await pages.take(reader, signal);
  if (typeof place === "string") throw new Error(place);
  return place;
}

test("a reader has 30 places, all together 300", async () => {
  const pages = new UnreadPages();
  const first = await placeOf(pages, "r0");
  for (let at = 1; at < 30; at++) await placeOf(pages, "r0");
  expect(await pages.take("r0", signal)).toBe("reader");
  for (let at = 0; at < 270; at++) await placeOf(pages, `r${1 + (at % 9)}`);
  expect(await pages.take("other", signal)).toBe("all");
  first.leave();
  first.leave();
  await placeOf(pages, "other");
  expect(await pages.take("other", signal)).toBe("all");
});

describe("by size", () => {
  test("a reader who holds 32 MiB gets no further page, until he has taken one; others do", async () => {
    const pages = new UnreadPages();
    const [one, two] = [await placeOf(pages, "a"), await placeOf(pages, "a")];
    one.weigh(31 * MIB);
    expect(pages.whyFull("a")).toBeUndefined();
    two.weigh(MIB);
    expect(pages.whyFull("a")).toBe("reader");
    expect(pages.whyFull("b")).toBeUndefined();
    two.leave();
    expect(pages.whyFull("a")).toBeUndefined();
  });

  test("nobody gets one while all hold 128 MiB", async () => {
    const pages = new UnreadPages();
    const held = await Promise.all(["a", "b", "c", "d", "e"].map((reader) => placeOf(pages, reader)));
    for (const place of held) place.weigh(26 * MIB);
    expect(pages.whyFull("f")).toBe("all");
    for (const place of held) place.leave();
    expect(pages.whyFull("f")).toBeUndefined();
  });

  test("a page that is made after its reader has gone weighs nothing", async () => {
    const pages = new UnreadPages();
    const place = await placeOf(pages, "a");
    place.leave();
    place.weigh(200 * MIB);
    expect([pages.whyFull("a"), pages.whyFull("b")]).toEqual([undefined, undefined]);
  });
});
