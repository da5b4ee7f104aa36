import { expect, it } from "vitest";
import { ALL_ROLES, parseRoles, type Role, refuseTornRoles } from "../../cloud-ingest/roles.ts";

const EMBEDDED = {
  bus: { type: "inbox", maxMb: 1, keepMb: 0 },
  warehouse: { type: "duckdb", memoryMb: 256 },
} as const;

it.each([
  { in: "broker", out: ["broker"] },
  { in: "ingest, jobs,server", out: ["ingest", "jobs", "server"] },
])("reads $in", ({ in: text, out }) => expect([...parseRoles(text)]).toEqual(out));

it.each([
  { in: "servers", error: /"servers" is no role .* did you mean "server"/ },
  { in: "broker,", error: /"" is no role/ },
  { in: "", error: /"" is no role/ },
])("refuses '$in'", ({ in: text, error }) => expect(() => parseRoles(text)).toThrow(error));

it("lets all roles run on this machine's own drivers", () => {
  expect(() => refuseTornRoles(EMBEDDED, ALL_ROLES)).not.toThrow();
});

it.each<{ roles: readonly Role[]; error: RegExp }>([
  { roles: ["broker"], error: /^broker cannot run without ingest here: bus.type inbox has one owner/ },
  { roles: ["broker", "ingest"], error: /^ingest cannot run without jobs, server here: warehouse.type duckdb/ },
  { roles: ["jobs"], error: /^jobs cannot run without ingest, server here/ },
])("refuses $roles alone there, and says why", ({ roles, error }) => {
  expect(() => refuseTornRoles(EMBEDDED, new Set(roles))).toThrow(error);
});
