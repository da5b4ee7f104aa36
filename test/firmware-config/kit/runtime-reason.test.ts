import { expect, test } from "vitest";
import { runtimeReason } from "../../../firmware-config/kit/runtime-reason.ts";

const SOURCE = "/onnxruntime_src/onnxruntime/core/graph/model.cc:202";

test.each([
  {
    name: "a constructor",
    in: `Load model from /x/m.onnx failed:${SOURCE} ort::Model::Model(onnx::ModelProto&&, const ort::L&) Unsupported IR: 99`,
    out: "Unsupported IR: 99",
  },
  {
    name: "a function with brackets in its signature",
    in: `${SOURCE} void f(const std::map<a, int>&, void (*)(int), bool) Opset 99 (new) is not official\nmore`,
    out: "Opset 99 (new) is not official",
  },
  {
    name: "no source file",
    in: "Load model from /x/m.onnx failed:Fatal error: com.acme:Slice(-1) is not a registered function/op",
    out: "Fatal error: com.acme:Slice(-1) is not a registered function/op",
  },
  { name: "words of ours", in: "the model gives rows of 7 numbers", out: "the model gives rows of 7 numbers" },
])("says what ONNX Runtime says, without its insides: $name", ({ in: message, out }) => {
  expect(runtimeReason(message)).toBe(out);
});
