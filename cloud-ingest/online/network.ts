// google-auth-library's own HTTP client: it heeds HTTPS_PROXY, as the clients do.
import { gaxios } from "google-auth-library";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import { type Finding, good, note, wrong } from "./finding.ts";

const ANSWER_MS = 10_000;
/** Google refuses what a key signed at a time so far from its own. */
const MOST_OFF_MS = 10 * 60_000;

export interface Network {
  readonly findings: readonly Finding[];
  /** The urls that nobody answered at. */
  readonly silent: ReadonlySet<string>;
}

/** Whether each service can be reached, and this machine's clock beside the Date header of the first; needs no credentials. */
export async function askNetwork(urls: readonly string[], clock: Clock): Promise<Network> {
  const asked = await Promise.all(urls.map(async (url) => ({ url, answer: await ask(url, clock) })));
  const told = asked.flatMap(({ answer }) => ("aheadMs" in answer ? [answer] : []))[0];
  const silent = asked.flatMap(({ url, answer }) => ("verdict" in answer ? [{ url, answer }] : []));
  return {
    findings: [...silent.map(({ answer }) => answer), ...(told ? [clockFinding(told)] : [])],
    silent: new Set(silent.map(({ url }) => url)),
  };
}

interface Told {
  readonly host: string;
  /** How far its clock is before ours; NaN when it tells no time. */
  readonly aheadMs: number;
}

async function ask(url: string, clock: Clock): Promise<Told | Finding> {
  const { host } = new URL(url);
  const beforeMs = clock.nowMs();
  try {
    const answer = await gaxios.request({
      ...({ url, method: "HEAD", timeout: ANSWER_MS, retry: false } as const),
      validateStatus: () => true,
    });
    const toldMs = Date.parse(answer.headers.get("date") ?? "");
    return { host, aheadMs: toldMs - (beforeMs + clock.nowMs()) / 2 };
  } catch (error) {
    const text = `Network: ${host} cannot be reached: ${messageOf(error)}`;
    return wrong(text, "Let this machine reach it, or set HTTPS_PROXY.");
  }
}

function clockFinding({ host, aheadMs }: Told): Finding {
  if (Number.isNaN(aheadMs)) return note(`Clock: ${host} does not tell the time`);
  if (Math.abs(aheadMs) <= MOST_OFF_MS) return good(`Clock: within ten minutes of ${host}'s`);
  const way = aheadMs > 0 ? "behind" : "ahead of";
  return wrong(
    `Clock: this machine is ${Math.abs(aheadMs / 60_000).toFixed(1)} minutes ${way} ${host}`,
    "Set it by NTP: Google refuses credentials that were signed at another time, and counts get wrong dates.",
  );
}
