import { parse } from "protobufjs";

/** The part that we use of the messages of ZetaSqlLocalService (google/zetasql, Apache-2.0); enums are their numbers. */
const MESSAGES = parse(
  `syntax = "proto2";
   message LanguageOptionsRequest { optional bool maximum_features = 1; }
   message LanguageOptions {
     optional int32 name_resolution_mode = 2;
     optional int32 product_mode = 3;
     repeated int32 enabled_language_features = 5;
     repeated int32 supported_statement_kinds = 6;
     repeated string reserved_keywords = 8;
   }
   message ParseRequest {
     optional string sql_statement = 1;
     optional LanguageOptions options = 2;
     optional bool allow_script = 4;
   }`,
).root;

/** The names of the messages above. */
export type MessageName = "LanguageOptionsRequest" | "LanguageOptions" | "ParseRequest";

export function encode(name: MessageName, fields: object): Uint8Array {
  const type = MESSAGES.lookupType(name);
  return type.encode(type.fromObject(fields)).finish();
}

/** The fields that are there; fields that we did not declare are left out. */
export function decode(name: MessageName, bytes: Uint8Array): Record<string, unknown> {
  const type = MESSAGES.lookupType(name);
  return type.toObject(type.decode(bytes), { longs: String });
}
