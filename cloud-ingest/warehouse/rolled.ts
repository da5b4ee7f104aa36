/** The tables that roll-ups write, by what a row of them is. */
export const ROLLED = { hour: "traffic_hourly", day: "traffic_daily" } as const;
export type Unit = keyof typeof ROLLED;
