import Type from "typebox";

/** What a part of a topic may be called, as a regular expression without anchors. */
export const IDENTIFIER = "[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?";

/** Name of a tenant, store, device, camera, line or zone. */
export const Identifier = Type.String({
  pattern: `^${IDENTIFIER}$`,
  description: "lower-case letters, digits and inner hyphens, at most 64",
});
