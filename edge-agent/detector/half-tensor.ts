import type { Tensor as OrtTensor } from "onnxruntime-node";
import { Tensor } from "../../firmware-config/kit/onnx-runtime.ts";

/**
 * A tensor of 16-bit floats over `bits`. Where JavaScript has such numbers itself (Node 24 and later), a tensor would show them as
 * those, and the native half of onnxruntime-node finds no memory in them: it reads `data`, which stays the bits.
 */
export function halfTensor(bits: Uint16Array, dims: readonly number[]): OrtTensor {
  const tensor = new Tensor("float16", bits, dims);
  if (!(tensor.data instanceof Uint16Array)) Object.defineProperty(tensor, "data", { value: bits });
  return tensor;
}
