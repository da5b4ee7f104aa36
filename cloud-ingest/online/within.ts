import { withDeadline } from "../../firmware-config/kit/deadline.ts";

/** Long for an answer, short for a person; the clients by themselves try for ten minutes. Milliseconds. */
const ANSWER_MS = 15_000;

/** What the work comes to; throws when it takes longer than a person waits for. */
export const within = <T>(work: Promise<T>): Promise<T> => withDeadline(work, ANSWER_MS);
