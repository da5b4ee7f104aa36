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
   }
   message Type {
     optional int32 type_kind = 1;
     optional ArrayType array_type = 2;
     optional StructType struct_type = 3;
   }
   message ArrayType { optional Type element_type = 1; }
   message StructType { repeated StructField field = 1; }
   message StructField {
     optional string field_name = 1;
     optional Type field_type = 2;
   }
   message Column {
     optional string name = 1;
     optional Type type = 2;
   }
   message Table {
     optional string name = 1;
     repeated Column column = 4;
   }
   message Catalog {
     optional string name = 1;
     repeated Table table = 2;
     repeated Catalog catalog = 4;
     optional BuiltinFunctionOptions builtin_function_options = 5;
   }
   message BuiltinFunctionOptions { optional LanguageOptions language_options = 1; }
   message RegisterCatalogRequest { optional Catalog simple_catalog = 1; }
   message RegisterResponse { optional int64 registered_id = 1; }
   message AnalyzerOptions {
     optional LanguageOptions language_options = 1;
     optional int32 error_message_mode = 6;
     optional string default_timezone = 7;
     optional bool allow_undeclared_parameters = 10;
   }
   message ParseResumeLocation {
     optional string input = 1;
     optional int32 byte_position = 2;
     optional bool allow_resume = 3;
   }
   message AnalyzeRequest {
     optional AnalyzerOptions options = 1;
     optional int64 registered_catalog_id = 4;
     optional ParseResumeLocation parse_resume_location = 6;
   }
   message AnalyzeResponse { optional int32 resume_byte_position = 2; }`,
).root;

export type RequestName = "LanguageOptionsRequest" | "ParseRequest" | "RegisterCatalogRequest" | "AnalyzeRequest";
export type AnswerName = "LanguageOptions" | "RegisterResponse" | "AnalyzeResponse";

export function encode(name: RequestName, fields: object): Uint8Array {
  const type = MESSAGES.lookupType(name);
  return type.encode(type.fromObject(fields)).finish();
}

/** The fields that are there; fields that we did not declare are left out. */
export function decode(name: AnswerName, bytes: Uint8Array): Record<string, unknown> {
  const type = MESSAGES.lookupType(name);
  return type.toObject(type.decode(bytes), { longs: String });
}
