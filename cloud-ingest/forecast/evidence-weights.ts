/** Of the mean error: one without any is none that is a thousand times as good. */
const LEAST_ERROR = 1e-3;

export interface EvidenceOptions {
  /** Weight ~ error ^ -sharpness. */
  readonly sharpness: number;
  /** How much was judged, and what "all alike" is worth beside it, in the same units. */
  readonly judged: number;
  readonly equal: number;
}

/** Weights of what was tried, by the errors that each had; they add up to 1. All alike where nothing was judged. */
export function evidenceWeights(errors: Float64Array, { sharpness, judged, equal }: EvidenceOptions): Float64Array {
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const raw = errors.map((error) => (mean > 0 ? Math.max(LEAST_ERROR, error / mean) ** -sharpness : 1));
  const total = raw.reduce((sum, value) => sum + value, 0);
  const trust = judged / (judged + equal);
  return raw.map((value) => (trust * value) / total + (1 - trust) / raw.length);
}
