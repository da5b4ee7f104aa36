/** List prices in US dollars, of Tokyo (asia-northeast1) where they differ by region, and where we read them. */
export interface Price {
  readonly usd: number;
  /** What of it is free in a month, in the same unit. */
  readonly free: number;
  readonly per: string;
  readonly source: string;
}

const GOOGLE_BIGQUERY = "Google's page cloud.google.com/bigquery/pricing";
const READ = "stored copy, read 2026-11-27";

export const PRICES = {
  query: {
    ...{ usd: 7.5, free: 1, per: "TiB read by queries" },
    source: `price tables of BenchBox and dbt-costgate (${READ}); first TiB and 10 MiB a table: ${GOOGLE_BIGQUERY} (${READ})`,
  },
  active: {
    ...{ usd: 0.023, free: 10, per: "GiB-month, changed in the last 90 days" },
    source: `${GOOGLE_BIGQUERY} as quoted on 2024-03-31 by kz_morita (${READ})`,
  },
  longTerm: { usd: 0.016, free: 0, per: "GiB-month, older", source: "the same" },
  write: {
    ...{ usd: 0.03, free: 2_048, per: "GiB appended by the Storage Write API" },
    source: `from memory: the copies have 0.025 for the US, and 2 TiB free (help.nops.io, ${READ})`,
  },
  load: { usd: 0, free: 0, per: "load job", source: `${GOOGLE_BIGQUERY} (${READ})` },
  message: {
    ...{ usd: 40, free: 10 / 1_024, per: "TiB published and delivered, a request 1,000 bytes at least" },
    source: `Google's page cloud.google.com/pubsub/pricing (${READ}; the price as transcribed on 2026-09-20)`,
  },
  retained: { usd: 0.27, free: 0, per: "GiB-month that the topic keeps", source: "the same" },
} as const satisfies Readonly<Record<string, Price>>;
