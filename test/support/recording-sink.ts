import type { Draft, MessageSink } from "../../edge-agent/window/message-sink.ts";

/** Keeps what is committed, in memory. */
export class RecordingSink implements MessageSink {
  readonly drafts: Draft[] = [];
  checkpoint: string | undefined;

  async commit(drafts: readonly Draft[], checkpoint: string | undefined): Promise<void> {
    this.drafts.push(...drafts);
    if (checkpoint !== undefined) this.checkpoint = checkpoint;
  }

  counts(targetId: string) {
    return this.drafts.flatMap((draft) => (draft.kind === "counts" && draft.targetId === targetId ? [draft] : []));
  }
}
