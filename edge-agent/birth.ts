import { createHash } from "node:crypto";
import type { DeviceConfig } from "../firmware-config/config/device.ts";
import type { ScoreGates } from "../firmware-config/config/tracker.ts";
import { CONTRACT_VERSION } from "../firmware-config/contract/envelope.ts";
import type { BirthMessage } from "../firmware-config/contract/presence.ts";
import type { Clock } from "../firmware-config/kit/clock.ts";

/** What the cloud is told of the model. */
export interface ModelIdentity {
  readonly name: string;
  readonly sha256: string;
  /** From which scores on it is believed; not told. */
  readonly gates?: ScoreGates | undefined;
  /** Default: the CPU. */
  readonly provider?: string | undefined;
}

/** What it is told of a device of which no camera needs a model. */
export const NO_MODEL: ModelIdentity = { name: "overhead", sha256: "0".repeat(64) };

interface Born {
  readonly config: DeviceConfig;
  readonly model: ModelIdentity;
  readonly version: string;
  readonly clock: Clock;
}

/** This start of the agent. */
export interface Boot {
  readonly bootId: string;
  readonly bootNumber: number;
}

/** What the device is and what it counts, as it stands now. */
export function birthOf({ config, model, version, clock }: Born, { bootId, bootNumber }: Boot): BirthMessage {
  return {
    v: CONTRACT_VERSION,
    kind: "birth",
    deviceId: config.device,
    bootId,
    bootNumber,
    ts: new Date(clock.nowMs()).toISOString(),
    agentVersion: version,
    nodeVersion: process.version,
    modelName: model.name,
    modelSha256: model.sha256,
    ...(model.provider === undefined || model.provider === "cpu" ? {} : { modelProvider: model.provider }),
    configVersion: createHash("sha256").update(JSON.stringify(config)).digest("hex").slice(0, 16),
    cameras: config.cameras.map(({ id, name, lines, zones }) => ({
      id,
      ...(name === undefined ? {} : { name }),
      lines: lines.map(targetOf),
      zones: zones.map(targetOf),
    })),
  };
}

function targetOf({ id, name }: { readonly id: string; readonly name?: string }) {
  return name === undefined ? { id } : { id, name };
}
