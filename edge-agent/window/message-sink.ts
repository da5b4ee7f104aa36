import type { DataMessage } from "../../firmware-config/contract/messages.ts";

type Stamped = "v" | "deviceId" | "bootId" | "seq" | "monotonicMs" | "clockSynced" | "historical";

type Unstamped<M> = M extends unknown ? Omit<M, Stamped> : never;

/** A data message before it has an identity; the sink stamps the rest of the envelope. */
export type Draft = Unstamped<DataMessage>;

/**
 * Where counts go: the outbox on a device, files in a replay. Called by the pipeline after each frame that changed a count.
 * The sink keeps drafts and checkpoint together: after a crash both are there or neither.
 */
export interface MessageSink {
  /**
   * Takes the drafts in order. `checkpoint` is the state of the open windows after them, given back by the next boot.
   * Resolves when the sink can take more, which is not yet a promise that the disk has them: see `flush`.
   */
  commit(drafts: readonly Draft[], checkpoint: string | undefined): Promise<void>;
}
