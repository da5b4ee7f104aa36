import type Type from "typebox";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import type { SchemaCheck } from "../../firmware-config/kit/schema-check.ts";
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
  async read<S extends Type.TSchema>(schema: SchemaCheck<S>, maxBytes: number): Promise<Type.Static<S>> {
    const value = await this.#parse(maxBytes);
    if (schema.check(value)) return value;
    throw this.invalid(schema.faultOf(value));
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
