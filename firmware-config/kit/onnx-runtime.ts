/**
 * ONNX Runtime without its telemetry: unless this stands in the environment when the library starts, it keeps an id of the
 * machine below the user's cache and reports events about each model to its maker. Its JavaScript side has no switch for that,
 * so nothing else loads the library. A thread that loads it needs `env: SHARE_ENV`, or this stands in a copy that the library never reads.
 */
process.env.ORT_DISABLE_TELEMETRY = "1";
/**
 * NVIDIA's libraries multiply in 19 bits (TF32) unless told otherwise: scores then differ by up to .003 between a card and a CPU, and one film gives
 * other tracks; with 32 bits they are the same to 1e-6, at the same speed for small models. Whoever wants TF32 sets it to 1.
 */
process.env.NVIDIA_TF32_OVERRIDE ??= "0";

export const { InferenceSession, listSupportedBackends, Tensor } = await import("onnxruntime-node");
