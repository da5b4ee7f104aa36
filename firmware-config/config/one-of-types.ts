import Type from "typebox";

/** A variant of a choice: its `type` is a literal that no other variant has. */
type Variant = Type.TObject<{ type: Type.TLiteral<string> }>;

export interface ChoiceText<T extends Variant> {
  /** Which variant holds where nothing is said. */
  readonly fallback: Type.Static<T>["type"];
  readonly description: string;
}

/**
 * One of several drivers with the options of its own, told apart by `type`. Made as `oneOf` with a discriminator: of
 * the keywords for a choice, the only one under which the validator fills in the chosen variant's defaults.
 */
export function oneOfTypes<T extends readonly Variant[]>(
  variants: T,
  { fallback, description }: ChoiceText<T[number]>,
): Type.TUnsafe<Type.Static<T[number]>> {
  return Type.Unsafe<Type.Static<T[number]>>({
    type: "object",
    discriminator: { propertyName: "type" },
    oneOf: variants,
    required: ["type"],
    default: { type: fallback },
    description,
  });
}
