/** A query parameter as the API sends it. */
export interface QueryParameter {
  readonly name?: string;
  readonly parameterType: ParameterType;
  readonly parameterValue: ParameterValue;
}

interface ParameterType {
  readonly type: string;
  readonly arrayType?: ParameterType;
  readonly structTypes?: readonly { readonly name: string; readonly type: ParameterType }[];
}

interface ParameterValue {
  readonly value?: string | null;
  readonly arrayValues?: readonly ParameterValue[];
  readonly structValues?: Readonly<Record<string, ParameterValue>>;
}

/** Named parameters by name, positional ones by their number from 0; dates and times stay text. */
export type QueryParams = Readonly<Record<string, unknown>>;

export function paramsOf(parameters: readonly QueryParameter[] = []): QueryParams {
  const entries = parameters.map(({ name, parameterType, parameterValue }, index) => [
    name ?? String(index),
    plainParam(parameterType, parameterValue),
  ]);
  return Object.fromEntries(entries);
}

function plainParam({ type, arrayType, structTypes }: ParameterType, value: ParameterValue): unknown {
  if (type === "ARRAY" && arrayType) return (value.arrayValues ?? []).map((one) => plainParam(arrayType, one));
  if (type === "STRUCT") return structOf(structTypes ?? [], value.structValues ?? {});
  if (value.value === null || value.value === undefined) return null;
  if (["INT64", "INTEGER", "FLOAT64", "FLOAT"].includes(type)) return Number(value.value);
  return ["BOOL", "BOOLEAN"].includes(type) ? String(value.value) === "true" : value.value;
}

function structOf(
  types: readonly { readonly name: string; readonly type: ParameterType }[],
  values: Readonly<Record<string, ParameterValue>>,
): QueryParams {
  return Object.fromEntries(types.map(({ name, type }) => [name, plainParam(type, values[name] ?? {})]));
}
