import { expect, test } from "vitest";
import { partnerName, placeOf } from "../../../../cloud-ingest/quality/expectation/directions.ts";

test.each([
  { name: "door 1:in", partner: "door 1:out" },
  { name: "door_OUT", partner: "door_IN" },
  { name: "store/door/In", partner: "store/door/Out" },
  { name: "Berlin", partner: undefined },
  { name: "lookout", partner: undefined },
])("$name belongs to $partner", ({ name, partner }) => {
  expect(partnerName(name)).toBe(partner);
});

test.each([
  { name: "store 7/door 1:in", place: "store 7" },
  { name: "store 7/door 1", place: "store 7" },
  { name: "square", place: "square" },
])("$name stands in $place", ({ name, place }) => {
  expect(placeOf(name)).toBe(place);
});
