import { statfs } from "node:fs/promises";
// systeminformation: reads CPU, memory and temperature on every platform that we run on, without a native module.
import si from "systeminformation";

const MB = 1024 * 1024;
const round1 = (value: number) => Math.round(value * 10) / 10;

/** State of the machine; MB are 2^20 bytes. */
export interface Vitals {
  readonly cpuPercent: number;
  readonly memoryUsedMb: number;
  readonly memoryTotalMb: number;
  readonly rssMb: number;
  readonly temperatureC: number | null;
  readonly diskFreeMb: number;
}

/** Reads the machine's state; `dataDir` names the disk that matters. */
export async function readVitals(dataDir: string): Promise<Vitals> {
  const [load, memory, temperature, disk] = await Promise.all([
    si.currentLoad(),
    si.mem(),
    si.cpuTemperature(),
    statfs(dataDir),
  ]);
  return {
    cpuPercent: round1(Math.max(0, load.currentLoad)),
    memoryUsedMb: Math.round(memory.active / MB),
    memoryTotalMb: Math.round(memory.total / MB),
    rssMb: Math.round(process.memoryUsage.rss() / MB),
    temperatureC: typeof temperature.main === "number" && temperature.main > 0 ? round1(temperature.main) : null,
    diskFreeMb: Math.round((disk.bavail * disk.bsize) / MB),
  };
}
