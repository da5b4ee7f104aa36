import type { LocalService } from "./local-service.ts";
import { decode, encode } from "./messages.ts";

/** Numbers of the service's LanguageFeature, with its names. */
const NOT_IN_BIGQUERY: Readonly<Record<string, number>> = {
  SPANNER_LEGACY_DDL: 78,
  DML_RETURNING: 13031,
  LIMIT_OFFSET_EXPRESSIONS: 14042,
  MAP_TYPE: 14043,
  UUID_TYPE: 14057,
  FOR_UPDATE: 14065,
  INSERT_ON_CONFLICT_CLAUSE: 14071,
  AGGREGATE_FILTERING: 14073,
  ALIASES_FOR_STRING_AND_DATE_FUNCTIONS: 14080,
  LATERAL_JOIN: 14089,
  LIMIT_ALL: 14113,
  LATERAL_COLUMN_REFERENCES: 14118,
};

/** The dialect of BigQuery: INT64 but no INT32, DOUBLE or protocol buffers. */
const PRODUCT_EXTERNAL = 1;

/** GoogleSQL as BigQuery speaks it: Google does not publish the list, so it is all of the language less what BigQuery's reference lacks. */
export function bigQueryLanguage(service: LocalService): Record<string, unknown> {
  const answer = service.call("GetLanguageOptions", encode("LanguageOptionsRequest", { maximumFeatures: true }));
  const all = decode("LanguageOptions", answer);
  const lacking = new Set<unknown>(Object.values(NOT_IN_BIGQUERY));
  const features = Array.isArray(all.enabledLanguageFeatures) ? all.enabledLanguageFeatures : [];
  return {
    ...all,
    productMode: PRODUCT_EXTERNAL,
    enabledLanguageFeatures: features.filter((feature) => !lacking.has(feature)),
    supportedStatementKinds: [],
  };
}
