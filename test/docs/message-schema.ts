import { type DescField, type DescMessage, getOption, ScalarType } from "@bufbuild/protobuf";
import { type FieldRules, field as rulesOf } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/** A JSON Schema (draft 2020-12), or a part of one. */
export interface JsonSchema {
  [keyword: string]: unknown;
}

/**
 * The JSON Schema of a message as people write it in YAML: fields by their names in the proto, bounds from its
 * annotations, descriptions from its comments. What is output only has no place there. The message uses strings, bools,
 * 32-bit numbers, enums, durations, lists and messages; anything else is refused, so that it is not published wrong.
 */
export function messageSchema(message: DescMessage, proto: string, id: string): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const root = objectSchema(message, proto, definitions);
  return { $schema: "https://json-schema.org/draft/2020-12/schema", $id: id, ...root, $defs: definitions };
}

function objectSchema(message: DescMessage, proto: string, definitions: Record<string, JsonSchema>): JsonSchema {
  const body = new RegExp(`^message ${message.name} \\{$(.*?)^\\}$`, "ms").exec(proto)?.[1] ?? "";
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const field of message.fields) {
    const description = commentBefore(field.name, body);
    if (description.includes("output only") || field.name === "etag") continue;
    const rules = getOption(field, rulesOf);
    properties[field.name] = { description, ...fieldSchema(field, rules, proto, definitions) };
    if (isNeeded(rules)) required.push(field.name);
  }
  return {
    title: message.name,
    type: "object",
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    properties,
  };
}

function fieldSchema(
  field: DescField,
  rules: FieldRules,
  proto: string,
  definitions: Record<string, JsonSchema>,
): JsonSchema {
  const typed = (item: FieldRules | undefined) => typeSchema(field, item, proto, definitions);
  if (field.fieldKind !== "list") return typed(rules);
  const bounds = rules.type.case === "repeated" ? rules.type.value : undefined;
  return {
    type: "array",
    ...(bounds?.minItems && { minItems: Number(bounds.minItems) }),
    ...(bounds?.maxItems && { maxItems: Number(bounds.maxItems) }),
    ...(bounds?.unique && { uniqueItems: true }),
    items: typed(bounds?.items),
  };
}

function typeSchema(
  field: DescField,
  rules: FieldRules | undefined,
  proto: string,
  definitions: Record<string, JsonSchema>,
): JsonSchema {
  const { message } = field;
  if (message?.typeName === "google.protobuf.Duration") return { type: "string", pattern: "^[0-9]+([.][0-9]+)?s$" };
  if (message !== undefined) {
    definitions[message.name] ??= objectSchema(message, proto, definitions);
    return { $ref: `#/$defs/${message.name}` };
  }
  if (field.enum !== undefined) return { enum: field.enum.values.slice(1).map(({ name }) => name) };
  if (field.scalar === ScalarType.BOOL) return { type: "boolean" };
  if (field.scalar === ScalarType.STRING) {
    const bounds = rules?.type.case === "string" ? rules.type.value : undefined;
    return {
      type: "string",
      ...(bounds?.minLen && { minLength: Number(bounds.minLen) }),
      ...(bounds?.maxLen && { maxLength: Number(bounds.maxLen) }),
    };
  }
  if (field.scalar === ScalarType.INT32 && rules?.type.case === "int32") {
    const { greaterThan, lessThan } = rules.type.value;
    return {
      type: "integer",
      ...(greaterThan.case === "gte" && { minimum: greaterThan.value }),
      ...(lessThan.case === "lte" && { maximum: lessThan.value }),
    };
  }
  throw new Error(`there is no JSON Schema for the type of ${field}`);
}

/** Whether a field that is left out breaks its bounds. */
function isNeeded({ type }: FieldRules): boolean {
  if (type.case === "string") return type.value.minLen > 0n;
  if (type.case === "repeated") return type.value.minItems > 0n;
  return type.case === "int32" && type.value.greaterThan.case === "gte" && type.value.greaterThan.value > 0;
}

/** The comment that stands right before a field in the text of its message. */
function commentBefore(field: string, body: string): string {
  const lines = new RegExp(`((?:^ {2}// .*\\n)+) {2}[\\w. ]+ ${field} = `, "m").exec(body)?.[1] ?? "";
  return lines
    .replace(/^ {2}\/\/ /gm, "")
    .trim()
    .replaceAll("\n", " ");
}
