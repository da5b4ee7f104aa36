import { describe } from "vitest";
import { duckDbPlace } from "./transfer-places.ts";
import { transferSuite } from "./transfer-suite.ts";

describe("DuckDB as an end of a copy", () => {
  transferSuite(duckDbPlace);
});
