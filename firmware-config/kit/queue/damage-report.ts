/** Something that was found damaged in a queue's folder. */
export interface DamageReport {
  /**
   * `damaged`: bytes inside a file that no record can be read from; `torn`: the end of a write that a kill or a power cut
   * interrupted, which is nobody's loss; `unreadable`: a whole file or folder, now in `damaged/`; `doubled`: a file of another
   * branch of this folder, as a backup that was copied into it: `ids` entries of it were appended again, and it is gone (in `damaged/` where bytes of it could not be read).
   */
  readonly kind: "damaged" | "torn" | "unreadable" | "doubled";
  /** Name inside the folder. */
  readonly file: string;
  /** Entries that cannot be read and had not left. */
  readonly ids: number;
  readonly bytes: number;
}

/** Called once for each damage, at the opening or whenever it is found. */
export type OnDamage = (report: DamageReport) => void;
