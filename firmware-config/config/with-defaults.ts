import { Ajv, type ValidateFunction } from "ajv";
import type Type from "typebox";

/** Compiled once for each schema: that takes ten times as long as a file, and there are folders of rules. */
const validators = new WeakMap<Type.TSchema, ValidateFunction>();

/** Checks a value and fills in the schema's defaults, in place. */
export function fillingValidatorOf<S extends Type.TSchema>(schema: S): ValidateFunction<Type.Static<S>> {
  const known = validators.get(schema);
  // One schema, one type.
  if (known) return known as ValidateFunction<Type.Static<S>>;
  const options = { strict: false, strictNumbers: true, allErrors: true, useDefaults: true, verbose: true };
  const validate = new Ajv({ ...options, discriminator: true }).compile<Type.Static<S>>(schema);
  validators.set(schema, validate);
  return validate;
}

/** A copy of `value` with the schema's defaults filled in. Throws an `Error` that says what is not as the schema wants it. */
export function withDefaults<S extends Type.TSchema>(schema: S, value: unknown): Type.Static<S> {
  const copy = copyOf(value);
  const validate = fillingValidatorOf(schema);
  if (validate(copy)) return copy;
  throw new Error((validate.errors ?? []).map((fault) => `${fault.instancePath || "/"} ${fault.message}`).join("; "));
}

/** The copier's recursion ends before that of whoever read the value. */
function copyOf(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch (cause) {
    if (cause instanceof RangeError) throw new Error("/ is nested too deep", { cause });
    throw cause;
  }
}
