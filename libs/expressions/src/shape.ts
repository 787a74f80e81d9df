/** What is known of a value before there is one. */
export type Shape =
  /** Nothing is: whatever is asked of it is found out when it is evaluated. */
  | { kind: "any" }
  /** Of one of CEL's own types. */
  | { kind: "scalar"; type: string }
  /** It has these fields and no others; `words` calls it by its kind: `a version`. It may be null. */
  | { kind: "struct"; words: string; fields: Readonly<Record<string, Shape>> }
  | { kind: "list"; of: Shape }
  /** With text as keys. */
  | { kind: "map"; of: Shape };

/** Of a value of which nothing is known. */
export const ANY: Shape = { kind: "any" };

export const STRING: Shape = { kind: "scalar", type: "string" };
export const DOUBLE: Shape = { kind: "scalar", type: "double" };
export const INT: Shape = { kind: "scalar", type: "int" };
export const BOOL: Shape = { kind: "scalar", type: "bool" };

/** Variables, by their names. */
export type Scope = ReadonlyMap<string, Shape>;
