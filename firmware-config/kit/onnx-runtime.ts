/**
 * ONNX Runtime without its telemetry: unless this stands in the environment when the library starts, it keeps an id of the
 * machine below the user's cache and reports events about each model to its maker. Its JavaScript side has no switch for that,
 * so nothing else loads the library. A thread that loads it needs `env: SHARE_ENV`, or this stands in a copy that the library never reads.
 */
process.env.ORT_DISABLE_TELEMETRY = "1";

export const { InferenceSession, listSupportedBackends, Tensor } = await import("onnxruntime-node");
