import { expect, test } from "vitest";
import { closedDates } from "../../../cloud-ingest/operator/closed-dates.ts";
import { zoneOf } from "../../../cloud-ingest/zone/rules.ts";

const DAY = [{ from: 600, to: 1260 }];
const LATE = [{ from: 1080, to: 1560 }];
const NEW_YORK = "America/New_York";

test.each([
  {
    name: "power cut in the evening",
    from: "11-20T21:30+09:00",
    until: "11-22T00:00+09:00",
    now: "11-21T11:00+09:00",
    in: ["21"],
  },
  {
    name: "said the day after",
    from: "11-20T10:40+09:00",
    until: "11-22T00:00+09:00",
    now: "11-21T09:00+09:00",
    in: ["20", "21"],
  },
  {
    name: "said after midnight",
    from: "11-20T20:50+09:00",
    until: "11-22T00:00+09:00",
    now: "11-21T00:05+09:00",
    in: ["21"],
  },
  {
    name: "hours unknown, evening",
    hours: undefined,
    from: "11-20T23:50+09:00",
    until: "11-22T00:00+09:00",
    now: "11-21T11:00+09:00",
    in: ["21"],
  },
  {
    name: "hours unknown, morning",
    hours: undefined,
    from: "11-20T10:00+09:00",
    until: "11-22T00:00+09:00",
    now: "11-21T11:00+09:00",
    in: ["20", "21"],
  },
  {
    name: "open past midnight",
    hours: LATE,
    from: "11-21T01:30+09:00",
    until: "11-23T00:00+09:00",
    now: "11-22T11:00+09:00",
    in: ["21", "22"],
  },
  {
    name: "closed by the registry",
    hours: [],
    from: "11-20T01:00+09:00",
    until: "11-22T00:00+09:00",
    now: "11-21T11:00+09:00",
    in: ["21"],
  },
  {
    name: "began this evening",
    from: "11-21T20:00+09:00",
    until: "11-22T00:00+09:00",
    now: "11-21T20:30+09:00",
    in: ["21"],
  },
  {
    name: "to come",
    from: "11-21T20:00+09:00",
    until: "11-23T12:00+09:00",
    now: "11-21T20:00+09:00",
    in: ["21", "22", "23"],
  },
  {
    name: "another zone",
    zone: NEW_YORK,
    from: "11-20T20:30-05:00",
    until: "11-22T00:00-05:00",
    now: "11-21T12:00-05:00",
    in: ["21"],
  },
  { name: "over already", from: "11-20T10:00+09:00", until: "11-20T12:00+09:00", now: "11-25T12:00+09:00", in: ["20"] },
])("$name", ({ from, until, now, in: dates, ...rest }) => {
  const [fromMs, untilMs, nowMs] = [from, until, now].map((text) => Date.parse(`2026-${text}`));
  const hours = "hours" in rest ? rest.hours : DAY;
  const zone = zoneOf(rest.zone ?? "Asia/Tokyo");
  expect(
    closedDates({ fromMs: fromMs ?? 0, untilMs: untilMs ?? 0, nowMs: nowMs ?? 0, zone, hoursOf: () => hours }),
  ).toEqual(dates.map((day) => `2026-11-${day}`));
});
