/** Result of a convolution along one axis under TensorFlow's SAME rule. */
export interface SamePadding {
  readonly outputSize: number;
  readonly before: number;
  readonly after: number;
}

/**
 * TensorFlow's SAME padding: output = ceil(input / stride), and an odd rest goes after.
 * https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
export function samePadding(inputSize: number, kernelSize: number, stride: number): SamePadding {
  const outputSize = Math.ceil(inputSize / stride);
  const total = Math.max((outputSize - 1) * stride + kernelSize - inputSize, 0);
  const before = Math.floor(total / 2);
  return { outputSize, before, after: total - before };
}
