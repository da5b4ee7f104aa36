/** `/onnxruntime_src/x.cc:202 void f(const std::map<a, int>&, int) `, with brackets in brackets. */
const SOURCE_AND_SIGNATURE = /^\S*onnxruntime_src\S* [^(]*\((?:[^()]|\([^()]*\))*\) /s;

/** What ONNX Runtime says, without the file's path, its own source file and the C++ signature, which help nobody. */
export function runtimeReason(message: string): string {
  const withoutPath = message.replace(/^Load model from .+? failed:\s*/s, "");
  const withoutPlace = withoutPath.replace(SOURCE_AND_SIGNATURE, "");
  return withoutPlace.trim().split("\n")[0] ?? "";
}
