import Type from "typebox";
import { Identifier } from "../../firmware-config/contract/identifier.ts";

const date = (description: string) => Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", description });
const name = (description: string) => Type.String({ minLength: 1, maxLength: 120, description });
const Hours = Type.Union(
  [Type.String({ maxLength: 40 }), Type.Array(Type.String({ maxLength: 40 }), { maxItems: 8 })],
  {
    description: 'closed, "10:00-21:00", past midnight "18:00-02:00", all day "00:00-24:00", or a list of spans',
  },
);

const WeekVersion = Type.Object(
  {
    from: Type.Optional(date("the first business date that it holds for")),
    to: Type.Optional(date("the last one")),
    week: Type.Record(Type.String({ maxLength: 40 }), Hours, {
      description: 'by day: mon, mon-fri, "sat,sun", holiday; what is not named is closed',
    }),
    note: Type.Optional(name("what these hours are called")),
  },
  { additionalProperties: false, description: "opening hours of a week, as long as they hold" },
);
export type WeekVersion = Type.Static<typeof WeekVersion>;

const DayEntry = Type.Object(
  {
    on: Type.Optional(date("a single business date")),
    from: Type.Optional(date("the first business date")),
    to: Type.Optional(date("the last one")),
    closed: Type.Optional(name("why nobody is let in")),
    hours: Type.Optional(Hours),
    event: Type.Optional(name("what draws or keeps away people here")),
    shock: Type.Optional(name("what changed everybody's days; not learned from")),
    moved: Type.Optional(name("a device that was moved; levels before and after differ")),
    holiday: Type.Optional(name("a day off that no law names")),
    workday: Type.Optional(Type.Boolean({ description: "true: a public holiday that is none here" })),
  },
  { additionalProperties: false, description: "what is special about some dates" },
);
export type DayEntry = Type.Static<typeof DayEntry>;

const PlaceVersion = Type.Object(
  {
    from: Type.Optional(date("the first business date")),
    country: Type.String({ pattern: "^[A-Z]{2}$", description: "ISO 3166: JP, AU, US" }),
    region: Type.Optional(
      Type.String({ pattern: "^[A-Z0-9]{1,3}$", description: "ISO 3166-2 without the country: 13 (Tokyo), VIC, NY" }),
    ),
  },
  { additionalProperties: false, description: "where it is: decides holidays and masks" },
);
export type PlaceVersion = Type.Static<typeof PlaceVersion>;

/** What any level can say; a lower level goes before a higher one. */
const LEVEL = {
  places: Type.Optional(Type.Array(PlaceVersion, { maxItems: 50 })),
  hours: Type.Optional(Type.Array(WeekVersion, { maxItems: 500 })),
  days: Type.Optional(Type.Array(DayEntry, { maxItems: 5_000 })),
  masks: Type.Optional(
    Type.Array(Type.Enum(["japan-covid"]), { maxItems: 10, description: "shocks that come with the program" }),
  ),
};

const Door = Type.Object(
  {
    ...LEVEL,
    targets: Type.Array(Type.String({ minLength: 5, maxLength: 400 }), {
      minItems: 1,
      maxItems: 100,
      description: "lines and zones that count it: device/camera/target",
    }),
    inner: Type.Optional(
      Type.Boolean({ description: "true: within the shop, as a fitting room; who crosses it came in by another door" }),
    ),
  },
  { additionalProperties: false, description: "a door or an area" },
);

const OpenSpell = Type.Object(
  { from: Type.Optional(date("the first business date")), to: Type.Optional(date("the last one")) },
  { additionalProperties: false },
);
export type OpenSpell = Type.Static<typeof OpenSpell>;

const Store = Type.Object(
  {
    ...LEVEL,
    open: Type.Optional(
      Type.Array(OpenSpell, { maxItems: 50, description: "from opening to closing for good; left out: always" }),
    ),
    doors: Type.Optional(Type.Record(Identifier, Door, { description: "doors and areas by name" })),
  },
  { additionalProperties: false, description: "a shop" },
);

/** One tenant's file of the registry. */
export const RegistryConfig = Type.Object(
  {
    tenant: Identifier,
    ...LEVEL,
    stores: Type.Record(Identifier, Store, { default: {}, description: "shops by name" }),
  },
  { additionalProperties: false, title: "Kazoe registry of stores and calendar" },
);
export type RegistryConfig = Type.Static<typeof RegistryConfig>;

/** A tenant, store or door as the file has it. */
export type Level = Pick<RegistryConfig, "places" | "hours" | "days" | "masks">;
