import { describe, expect, test } from "vitest";
import { targetsOf } from "../../../cloud-ingest/report/targets.ts";
import { trafficCsv } from "../../../cloud-ingest/report/traffic-csv.ts";
import { trafficRow } from "../../support/sample-traffic.ts";

const UNSEEN = [
  "",
  " ",
  "\u3000",
  "\u3164",
  "\u034F",
  "\u2800",
  "\u200B\u00AD",
  "\uFE0F",
  "\u202E\u2066",
  "\u115F\u1160",
];

const named = (targetId: string, targetName: string, cameraId = "front") =>
  trafficRow({ targetId, targetName, cameraId });

const namesOf = (...rows: readonly Parameters<typeof trafficRow>[0][]) =>
  targetsOf(rows.map(trafficRow)).map((target) => target.name);

describe("a name", () => {
  test.each(UNSEEN)("of which nothing can be seen (%j) gives way to the id, on the page and in the CSV", (name) => {
    const row = named("door", name);
    expect(namesOf(row)).toEqual(["door"]);
    expect(trafficCsv([row])).toContain(',line,door,"door",');
  });

  test.each([
    { name: "the same", other: "Door" },
    { name: "zero width", other: "Do\u200Bor" },
    { name: "a grapheme joiner", other: "D\u034Foor" },
    { name: "a filler", other: "Door\u3164" },
    { name: "full width", other: "\uFF24oor" },
    { name: "a space at the end", other: "Door " },
  ])("that looks like another ($name) tells its camera", ({ other }) => {
    const names = namesOf(named("a", "Door"), named("b", other, "side"));
    expect([...names].sort()).toEqual(["Door (cam-01 / front)", `${other} (cam-01 / side)`].sort());
  });

  test("that looks like another of the same camera tells its id too", () => {
    const names = namesOf(named("a", "Door"), named("b", "Do\u200Bor"), named("c", "Door", "side"));
    const told = ["Door (cam-01 / front / a)", "Door (cam-01 / side)", "Do\u200Bor (cam-01 / front / b)"];
    expect(new Set(names)).toEqual(new Set(told));
  });

  test("cannot imitate what another is called to be told apart", () => {
    const rows = [named("a", "Door"), named("b", "Door", "side"), named("c", "Door (cam-01 / front)", "back")];
    const names = namesOf(...rows, named("d", "Door (cam-01 / front / a)", "back"));
    expect(new Set(names).size).toBe(4);
  });

  test("of its own stays as it is, and a line may be called like a zone", () => {
    const zone = trafficRow({ targetKind: "zone", targetId: "z", targetName: "Door" });
    expect(
      targetsOf([named("a", "Door"), zone, named("b", "Exit"), named("c", "E xit")]).map((one) => one.name),
    ).toEqual(["Door", "E xit", "Exit", "Door"]);
  });
});
