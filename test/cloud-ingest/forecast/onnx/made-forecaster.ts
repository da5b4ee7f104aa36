import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type GraphPort, OnnxGraph } from "../../../../models/onnx/graph.ts";
import { tempDir } from "../../../support/temp-dir.ts";

/**
 * `last week`: as the last week was, twice. `tenfold`: ten times that. `weekday`: the weekday's number, 100 times. `known`: how many of the last 14
 * dates are counted. `nan`: no number ever. `nan inside`: no number for 1,000 to 4,000 people. `chance`: what it likes. `three days`: only those. `people`: as many dates as people. `slow`, `endless`: products of large matrices, for some seconds and for minutes. `negative`: less than nobody.
 */
export type Kind =
  | "last week"
  | "tenfold"
  | "weekday"
  | "known"
  | "nan"
  | "nan inside"
  | "chance"
  | "three days"
  | "people"
  | "slow"
  | "endless"
  | "negative";

interface Made {
  readonly kind?: Kind;
  readonly past?: number | string;
  readonly series?: number | string;
  readonly ports?: {
    readonly people?: string;
    readonly element?: GraphPort["element"];
    readonly forecast?: string;
  };
}

/** The bytes of a tiny model of the contract: 28 dates back and 14 ahead unless told otherwise. */
export function madeForecaster({
  kind = "last week",
  past = 28,
  series = "series",
  ports = {},
}: Made = {}): Uint8Array {
  const { people = "people", forecast = "forecast", element = "float32" } = ports;
  const graph = new OnnxGraph();
  const ints = (name: string, ...values: number[]) =>
    graph.constant(name, [values.length], BigInt64Array.from(values, BigInt));
  const number = (name: string, value: number) => graph.constant(name, [1], Float32Array.of(value));
  const twice = (input: string, output: string) =>
    graph.node({ op: "Concat", inputs: [input, input], output, attributes: { axis: 1 } });
  ints("from", -7);
  ints("to", Number.MAX_SAFE_INTEGER);
  ints("axis", 1);
  graph.node({ op: "Slice", inputs: [people, "from", "to", "axis"], output: "week" });
  twice("week", "weeks");
  const sized = (op: string, value: number) => {
    number("size", value);
    graph.node({ op, inputs: ["weeks", "size"], output: forecast });
  };
  switch (kind) {
    case "last week":
      graph.node({ op: "Identity", inputs: ["weeks"], output: forecast });
      break;
    case "tenfold":
      sized("Mul", 10);
      break;
    case "negative":
      sized("Mul", -1);
      break;
    case "nan":
      number("none", 0);
      graph.node({ op: "Mul", inputs: ["weeks", "none"], output: "zero" });
      graph.node({ op: "Div", inputs: ["zero", "zero"], output: forecast });
      break;
    case "nan inside":
      number("least", 1000);
      number("most", 4000);
      graph.node({ op: "Sub", inputs: ["weeks", "least"], output: "above" });
      graph.node({ op: "Sub", inputs: ["weeks", "most"], output: "beyond" });
      graph.node({ op: "Mul", inputs: ["above", "beyond"], output: "product" });
      graph.node({ op: "Sqrt", inputs: ["product"], output: forecast });
      break;
    case "three days":
      ints("none", 0);
      ints("three", 3);
      graph.node({ op: "Slice", inputs: ["weeks", "none", "three", "axis"], output: forecast });
      break;
    case "people":
      ints("none", 0);
      graph.node({ op: "ReduceMax", inputs: [people], output: "most", attributes: { keepdims: 0 } });
      graph.node({ op: "Cast", inputs: ["most"], output: "count", attributes: { to: 7 } });
      graph.node({ op: "Reshape", inputs: ["count", "axis"], output: "end" });
      graph.node({ op: "Slice", inputs: ["weeks", "none", "end", "axis"], output: forecast });
      break;
    case "slow":
    case "endless": {
      const products = kind === "slow" ? 16 : 400;
      graph.constant("side", [2], BigInt64Array.of(2500n, 2500n));
      number("none", 0);
      graph.node({ op: "ReduceMean", inputs: [people], output: "mean", attributes: { keepdims: 1 } });
      graph.node({ op: "Mul", inputs: ["mean", "none"], output: "nobody" });
      graph.node({ op: "Expand", inputs: ["nobody", "side"], output: "m0" });
      for (let i = 0; i < products; i++) graph.node({ op: "MatMul", inputs: [`m${i}`, `m${i}`], output: `m${i + 1}` });
      graph.node({ op: "ReduceMean", inputs: [`m${products}`], output: "rest", attributes: { keepdims: 1 } });
      graph.node({ op: "Add", inputs: ["weeks", "rest"], output: forecast });
      break;
    }
    case "chance":
      graph.node({ op: "RandomNormalLike", inputs: ["weeks"], output: forecast });
      break;
    case "known":
      ints("lastTwo", -14);
      graph.node({ op: "Slice", inputs: ["known", "lastTwo", "to", "axis"], output: "seen" });
      ints("ones", 1);
      graph.node({ op: "ReduceSum", inputs: ["seen", "ones"], output: "count" });
      number("none", 0);
      graph.node({ op: "Mul", inputs: ["weeks", "none"], output: "zero" });
      graph.node({ op: "Add", inputs: ["zero", "count"], output: forecast });
      break;
    case "weekday":
      ints("lastTwo", -14);
      graph.node({ op: "Slice", inputs: ["calendar", "lastTwo", "to", "axis"], output: "dates" });
      ints("first", 0);
      ints("second", 1);
      ints("columns", 2);
      graph.node({ op: "Slice", inputs: ["dates", "first", "second", "columns"], output: "column" });
      graph.node({ op: "Squeeze", inputs: ["column", "columns"], output: "weekday" });
      number("hundred", 100);
      graph.node({ op: "Mul", inputs: ["weekday", "hundred"], output: forecast });
      break;
  }
  const length = typeof past === "number" ? past + 14 : "all";
  return graph.toBytes({
    inputs: [
      { name: people, element, dims: [series, past] },
      ...(kind === "known" ? [{ name: "known", element, dims: [series, past] }] : []),
      ...(kind === "weekday" ? [{ name: "calendar", element, dims: [series, length, 4] }] : []),
    ],
    outputs: [{ name: forecast, element, dims: [series, kind === "three days" ? 3 : 14] }],
    metadata: {},
  });
}

/** The same as a file. */
export async function forecasterFile(made: Made = {}): Promise<string> {
  const file = join(await tempDir(), "m.onnx");
  await writeFile(file, madeForecaster(made));
  return file;
}
