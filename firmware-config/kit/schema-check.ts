import { Ajv, type ValidateFunction } from "ajv";
import type Type from "typebox";
import { safeLine } from "./safe-text.ts";

const MOST_OF_A_PLACE = 200;
const shown = (place: string) => safeLine(place, MOST_OF_A_PLACE);

/** Whether a value is as a schema says. Compiled when it is first asked: of all schemas a command needs a few. */
export class SchemaCheck<S extends Type.TSchema> {
  readonly #schema: S;
  #compiled: ValidateFunction<Type.Static<S>> | undefined;

  constructor(schema: S) {
    this.#schema = schema;
  }

  check(value: unknown): value is Type.Static<S> {
    return this.#validate(value);
  }

  /**
   * The place and the first fault of a value that is not right: `/lines/0/id must be string`. The value is not repeated, and keys,
   * which may be anybody's too, stand there in a line of bounded length.
   */
  faultOf(value: unknown): string {
    this.check(value);
    const [fault] = this.#validate.errors ?? [];
    if (fault === undefined) return "nothing is wrong";
    const { instancePath, message = "is wrong", keyword, params } = fault;
    if (keyword === "additionalProperties")
      return `${shown(`${instancePath}/${params.additionalProperty}`)} is no key that is known here`;
    return `${shown(instancePath || "/")} ${message}`;
  }

  get #validate(): ValidateFunction<Type.Static<S>> {
    this.#compiled ??= new Ajv({ strict: false, strictNumbers: true }).compile<Type.Static<S>>(this.#schema);
    return this.#compiled;
  }
}
