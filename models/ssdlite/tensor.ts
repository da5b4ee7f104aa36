/** Numbers with a shape, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Product of the dimensions. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** TensorFlow's convolution weights [height, width, in, out] in ONNX's order [out, in, height, width]. */
export function convWeights({ shape, data }: Tensor): Tensor {
  const [height, width, inputs, outputs] = fourOf(shape);
  const result = new Float32Array(data.length);
  for (let position = 0; position < height * width; position++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) {
        const from = (position * inputs + input) * outputs + output;
        result[(output * inputs + input) * height * width + position] = data[from]!;
      }
    }
  }
  return { shape: [outputs, inputs, height, width], data: result };
}

/** TensorFlow's depthwise weights [height, width, channels, 1] in ONNX's order [channels, 1, height, width]. */
export function depthwiseWeights({ shape, data }: Tensor): Tensor {
  const [height, width, channels, multiplier] = fourOf(shape);
  return convWeights({ shape: [height, width, multiplier, channels], data });
}

/** Rows of the first dimension, in the order asked for. */
export function takeRows({ shape, data }: Tensor, rows: readonly number[]): Tensor {
  const size = elementCount(shape.slice(1));
  const result = new Float32Array(rows.length * size);
  rows.forEach((row, index) => {
    result.set(data.subarray(row * size, (row + 1) * size), index * size);
  });
  return { shape: [rows.length, ...shape.slice(1)], data: result };
}

/** Each row of the first dimension times its own factor. */
export function scaleRows({ shape, data }: Tensor, factors: ArrayLike<number>): Tensor {
  const size = elementCount(shape.slice(1));
  return { shape, data: data.map((value, index) => value * factors[Math.floor(index / size)]!) };
}

function fourOf(shape: readonly number[]): readonly [number, number, number, number] {
  const [a, b, c, d] = shape;
  if (a === undefined || b === undefined || c === undefined || d === undefined || shape.length !== 4) {
    throw new RangeError(`Expected weights of four dimensions, found [${shape.join(", ")}]`);
  }
  return [a, b, c, d];
}
