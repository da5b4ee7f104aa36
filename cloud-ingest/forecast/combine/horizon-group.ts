/** First date ahead of each group: members that are good tomorrow need not be so in a month. */
const FIRST = [0, 7, 14, 28, 56] as const;

export const GROUPS = FIRST.length;

/** The group of a date so many days behind the first one of the forecast. */
export function groupOf(daysAhead: number): number {
  let group = 0;
  while (group + 1 < GROUPS && daysAhead >= FIRST[group + 1]!) group++;
  return group;
}
