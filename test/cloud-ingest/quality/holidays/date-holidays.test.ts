import { expect, test } from "vitest";
import { dateHolidays } from "../../../../cloud-ingest/quality/holidays/date-holidays.ts";

test.each([
  { place: "AU-VIC", date: "2014-11-04", holiday: /Melbourne Cup/ },
  { place: "AU-VIC", date: "2014-11-03", holiday: /Bridge day/ },
  { place: "JP", date: "2025-08-14", holiday: /Obon/ },
  { place: "JP", date: "2025-12-31", holiday: /Year end|大晦日/ },
  { place: "JP", date: "2025-05-06", holiday: /./ },
  { place: "US-NY", date: "2014-11-27", holiday: /Thanksgiving/ },
])("$date is a day off in $place", async ({ place, date, holiday }) => {
  const notes = await dateHolidays.notesOf(place, 2014, 2025);
  expect(notes.get(date)?.holiday).toMatch(holiday);
});

test("an ordinary Wednesday is none", async () => {
  expect((await dateHolidays.notesOf("JP", 2025, 2025)).get("2025-06-11")).toBeUndefined();
});

test.each(["XX", "AU-NOWHERE", ""])("%j is refused with a hint", async (place) => {
  await expect(dateHolidays.notesOf(place, 2025, 2025)).rejects.toMatchObject({ code: "USAGE" });
});
