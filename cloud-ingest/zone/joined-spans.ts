import type { OffsetSpan } from "./zone.ts";

/** Spans that follow each other without a gap as one, whatever the clock shows. */
export function joinedSpans(spans: readonly OffsetSpan[]): readonly OffsetSpan[] {
  const whole: OffsetSpan[] = [];
  for (const span of spans) {
    const last = whole.at(-1);
    if (last?.untilMs === span.fromMs) whole[whole.length - 1] = { ...last, untilMs: span.untilMs };
    else whole.push(span);
  }
  return whole;
}
