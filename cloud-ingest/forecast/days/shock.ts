import type { DateTable } from "../port.ts";

export function rescaleShocks(_values: Float64Array, _weights: Float64Array, _dates: DateTable): void {}
