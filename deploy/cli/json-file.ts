import type Type from "typebox";
import type { Validator } from "typebox/compile";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import { readTextFile } from "../../firmware-config/kit/text-file.ts";

/** A JSON file that a person writes for one command. */
export class JsonFile {
  readonly #path: string;
  readonly #hint: string;

  /** `hint` shows how the file is written. */
  constructor(path: string, hint: string) {
    this.#path = path;
    this.#hint = hint;
  }

  /** What the file holds, of the form of `schema`. Throws CONFIG_INVALID with the first fault and its place. */
  async read<S extends Type.TSchema>(
    schema: Validator<Record<never, never>, S>,
    maxBytes: number,
  ): Promise<Type.Static<S>> {
    const value = await this.#parse(maxBytes);
    if (schema.Check(value)) return value;
    const [fault] = schema.Errors(value);
    throw this.invalid(`${fault?.instancePath || "/"} ${reasonOf(fault)}`);
  }

  /** The error for what the schema cannot say. */
  invalid(reason: string, cause?: unknown): AppError {
    return new AppError(`${this.#path}: ${reason}`, { code: "CONFIG_INVALID", hint: this.#hint, cause });
  }

  async #parse(maxBytes: number): Promise<unknown> {
    try {
      return JSON.parse(await readTextFile(this.#path, { maxBytes }));
    } catch (error) {
      throw this.invalid(messageOf(error), error);
    }
  }
}

/** What is not allowed is a schema of no value, which its own words do not say. */
function reasonOf(fault: { readonly keyword: string; readonly message: string } | undefined): string {
  return fault?.keyword === "boolean" ? "is no key that is known here" : (fault?.message ?? "is wrong");
}
