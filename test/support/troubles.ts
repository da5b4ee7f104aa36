import { Troubles } from "../../cloud-ingest/troubles.ts";
import { systemClock } from "../../firmware-config/kit/clock.ts";
import { silentLog } from "../../firmware-config/kit/log.ts";

/** For parts whose troubles a test does not look at. */
export const silentTroubles = new Troubles({ log: silentLog, clock: systemClock });
