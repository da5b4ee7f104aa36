import Type from "typebox";

/** What the configuration says of the inbox. */
export const InboxConfig = Type.Object(
  {
    type: Type.Literal("inbox", { description: "this machine's disk" }),
    maxMb: Type.Integer({
      default: 1024,
      minimum: 1,
      maximum: 1048576,
      description: "when fuller than this nothing is acknowledged until ingest catches up",
    }),
    keepMb: Type.Integer({
      default: 512,
      minimum: 0,
      maximum: 1048576,
      description:
        "stored messages that the inbox keeps beside these, for a warehouse that has to go back to an earlier state; given up first when the disk is full",
    }),
  },
  { additionalProperties: false },
);
