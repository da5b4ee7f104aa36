/** What a model can be asked to run on: ONNX Runtime's execution providers, `dml` is DirectML. */
export const PROVIDERS = ["cpu", "cuda", "tensorrt", "openvino", "coreml", "dml"] as const;
export type Provider = (typeof PROVIDERS)[number];
