// cli-table3: draws aligned tables also for wide (Japanese) characters.
import Table from "cli-table3";

/** In and out of one line. */
export interface LineTotal {
  readonly id: string;
  readonly in: number;
  readonly out: number;
}

/** What was counted in one zone. */
export interface ZoneTotal {
  readonly id: string;
  readonly visits: number;
  readonly stops: number;
  readonly dwellS: number;
}

/** The totals as people read them. */
export function totalsTable(lines: readonly LineTotal[], zones: readonly ZoneTotal[]): string {
  const parts: string[] = [];
  if (lines.length > 0)
    parts.push(
      table(
        ["line", "in", "out"],
        lines.map((line) => [line.id, line.in, line.out]),
      ),
    );
  if (zones.length > 0) {
    const rows = zones.map((zone) => [zone.id, zone.visits, zone.stops, zone.dwellS.toFixed(1)]);
    parts.push(table(["zone", "visits", "stops", "dwell (s)"], rows));
  }
  return `${parts.join("\n")}\n`;
}

/** Rows under a head; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const colAligns = head.map((_, i) => (typeof rows[0]?.[i] === "number" ? ("right" as const) : ("left" as const)));
  const drawn = new Table({ head: [...head], colAligns, style: { head: [], border: [], compact: true } });
  for (const row of rows) drawn.push([...row]);
  return drawn.toString();
}
