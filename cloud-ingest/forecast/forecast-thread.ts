import { AskThread } from "../../firmware-config/kit/ask-thread.ts";
import { scriptUrl } from "../../firmware-config/kit/script-url.ts";
import type { ForecastAnswer, ForecastWish } from "./forecast-wish.ts";

/** Learns and forecasts in a thread of its own. */
export const createForecastThread = (): AskThread<ForecastWish, ForecastAnswer> =>
  new AskThread(() => scriptUrl(import.meta.url, "cloud-ingest", "forecast/forecast-worker.js"));
