import type { Place } from "../sql-error.ts";

/** A type as it is written: INT64, ARRAY<STRUCT<a INT64>>. */
export type TypeName =
  | { readonly name: string }
  | { readonly name: "ARRAY"; readonly of: TypeName }
  | { readonly name: "STRUCT"; readonly fields: readonly { readonly name: string; readonly type: TypeName }[] };

interface Node {
  readonly at: Place;
}

export interface Literal extends Node {
  readonly kind: "literal";
  /** INT64, FLOAT64, STRING, BYTES, BOOL, NULL, DATE, DATETIME, TIMESTAMP, TIME or JSON. */
  readonly type: string;
  readonly value: string;
}

export interface Path extends Node {
  readonly kind: "path";
  readonly parts: readonly string[];
}

export interface Call extends Node {
  readonly kind: "call";
  /** Upper case; operators too, such as "+" and "IS NULL". */
  readonly name: string;
  readonly args: readonly Expression[];
  readonly isStar?: boolean;
  readonly isDistinct?: boolean;
  readonly ignoresNulls?: boolean;
  readonly orderBy?: readonly Ordering[];
  readonly limit?: number;
  readonly over?: Window;
}

export interface Ordering {
  readonly by: Expression;
  readonly isDescending: boolean;
  readonly nulls: "FIRST" | "LAST";
}

export interface Window {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly Ordering[];
  /** Words of the frame clause, such as ROWS BETWEEN 1 PRECEDING AND CURRENT ROW. */
  readonly frame: string;
}

export type Expression =
  | Literal
  | Path
  | Call
  | (Node & { readonly kind: "param"; readonly name: string })
  | (Node & { readonly kind: "field"; readonly of: Expression; readonly name: string })
  | (Node & { readonly kind: "cast"; readonly of: Expression; readonly to: TypeName; readonly isSafe: boolean })
  | (Node & {
      readonly kind: "case";
      readonly of?: Expression;
      readonly whens: readonly When[];
      readonly otherwise?: Expression;
    })
  | (Node & { readonly kind: "in"; readonly of: Expression; readonly list: readonly Expression[] })
  | (Node & { readonly kind: "inArray"; readonly of: Expression; readonly array: Expression })
  | (Node & { readonly kind: "inQuery"; readonly of: Expression; readonly query: Query })
  | (Node & { readonly kind: "subquery"; readonly form: "SCALAR" | "EXISTS" | "ARRAY"; readonly query: Query })
  | (Node & { readonly kind: "interval"; readonly amount: Expression; readonly unit: string })
  | (Node & { readonly kind: "array"; readonly items: readonly Expression[]; readonly of?: TypeName })
  | (Node & { readonly kind: "struct"; readonly fields: readonly StructField[]; readonly type?: TypeName })
  | (Node & { readonly kind: "extract"; readonly part: string; readonly of: Expression; readonly zone?: Expression })
  | (Node & { readonly kind: "default" });

export interface When {
  readonly when: Expression;
  readonly result: Expression;
}

export interface StructField {
  readonly name?: string;
  readonly value: Expression;
}

export interface Query extends Node {
  readonly kind: "query";
  readonly with: readonly { readonly name: string; readonly query: Query }[];
  readonly body: Select | Query | Union;
  readonly orderBy: readonly Ordering[];
  readonly limit?: Expression;
  readonly offset?: Expression;
}

export interface Union extends Node {
  readonly kind: "union";
  readonly isDistinct: boolean;
  readonly parts: readonly (Select | Query)[];
}

export interface Select extends Node {
  readonly kind: "select";
  readonly isDistinct: boolean;
  readonly isStruct: boolean;
  readonly items: readonly SelectItem[];
  readonly from?: From;
  readonly where?: Expression;
  readonly groupBy: readonly Expression[];
  readonly having?: Expression;
  readonly qualify?: Expression;
}

export type SelectItem =
  | (Node & {
      readonly kind: "star";
      readonly of?: Expression;
      readonly except: readonly string[];
      readonly replace: readonly { readonly name: string; readonly value: Expression }[];
    })
  | (Node & { readonly kind: "item"; readonly value: Expression; readonly alias?: string });

export interface TableName extends Node {
  readonly kind: "table";
  readonly parts: readonly string[];
  readonly alias?: string;
}

export type From =
  | TableName
  | (Node & { readonly kind: "derived"; readonly query: Query; readonly alias?: string })
  | (Node & { readonly kind: "unnest"; readonly array: Expression; readonly alias?: string; readonly offset?: string })
  | Join;

export interface Join extends Node {
  readonly kind: "join";
  readonly type: "INNER" | "LEFT" | "RIGHT" | "FULL" | "CROSS";
  readonly left: From;
  readonly right: From;
  readonly on?: Expression;
  readonly using?: readonly string[];
}
