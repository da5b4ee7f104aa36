import { type Bill, billOf, largestOf, PAGES_A_DAY } from "./bill.ts";
import { MESSAGES_A_DAY } from "./device-day.ts";
import { type Measured, measure } from "./measured.ts";
import { PRICES } from "./prices.ts";

const FLEETS = [1, 100, 10_000];
/** The tables that a device fills from minute to minute. */
const SHOWN = ["counts", "events", "health", "presence", "stale_quarter", "ledger", "traffic_hourly"];

/** What of the page `deploy/gcp/README.md` is computed: what a month costs, from our measured bytes and published prices. */
export async function costPage(): Promise<string> {
  const measured = await measure();
  const bills = FLEETS.map((devices) => billOf(devices, measured));
  return [costTable(bills), "", largest(bills), "", bytesTable(measured), "", priceTable()].join("\n");
}

function costTable(bills: readonly Bill[]): string {
  const names = bills[0]?.items.map(({ name }) => name) ?? [];
  const usd = (name: string) => bills.map(({ items }) => dollars(items.find((one) => one.name === name)?.usd ?? 0));
  return [
    row(["US dollars a month", ...bills.map(({ devices }) => count(devices, "device"))]),
    row(["---", ...bills.map(() => "---:")]),
    ...names.map((name) => row([name, ...usd(name)])),
    row(["**sum**", ...bills.map((bill) => `**${dollars(bill.usd)}**`)]),
    row(["_read by queries in a day, GiB_", ...bills.map((bill) => grouped(Math.ceil(bill.queryGibADay)))]),
  ].join("\n");
}

function largest(bills: readonly Bill[]): string {
  const of = bills.map((bill) => `${largestOf(bill).name} (${count(bill.devices, "device")})`);
  return `The largest items: ${of.join(", ")}. Pages are ${PAGES_A_DAY} a store and day, one device a store.`;
}

function bytesTable({ storedBytes, messageBytes, page }: Measured): string {
  const sizes = SHOWN.map((name) => `${name} ${Math.round(storedBytes[name] ?? 0)}`);
  return [
    `Measured: bytes of a row: ${sizes.join(", ")}; of a message on Pub/Sub ${Math.round(messageBytes)}, ${grouped(MESSAGES_A_DAY)} of`,
    `them a device and day. A page looks at tables ${page.flat().length} times, so that it costs ${cents(page.flat().length)} cents.`,
  ].join("\n");
}

const cents = (looks: number) => ((looks * 10 * 2 ** 20 * PRICES.query.usd * 100) / 2 ** 40).toFixed(2);

function priceTable(): string {
  return [
    row(["price", "for a", "free a month", "where we read it"]),
    row(["---:", "---", "---:", "---"]),
    ...Object.values(PRICES).map(({ usd, per, free, source }) => row([`$${usd}`, per, freeText(free), source])),
  ].join("\n");
}

const freeText = (free: number) => (free === 0 ? "-" : Number.isInteger(free) ? grouped(free) : "10 GiB");
const dollars = (usd: number) =>
  Math.abs(usd) < 0.005 ? "0" : Math.abs(usd) < 10 ? usd.toFixed(2) : grouped(Math.round(usd));
const grouped = (n: number) => n.toLocaleString("en-US");
const count = (n: number, what: string) => `${grouped(n)} ${what}${n === 1 ? "" : "s"}`;
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
