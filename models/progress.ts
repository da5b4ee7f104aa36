/** Told while a model is built: what is being done, and the done part of the whole, 0..1. */
export type OnProgress = (step: "fetch" | "unpack" | "convert" | "write" | "done", fraction: number) => void;
