import type { ReasonDefinition } from "./definition.ts";

/** Reasons that any request may meet. */
export const REQUEST_REASONS = {
  REQUEST_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "GIVEN",
    message: "The request is invalid: {summary}. Correct the listed fields and send it again.",
  },
  REQUEST_MALFORMED: {
    code: "INVALID_ARGUMENT",
    field: "NONE",
    message: "The message is not a valid {type}. Generate the client from the same proto files as the server.",
  },
  REQUEST_ID_REUSED: {
    code: "INVALID_ARGUMENT",
    field: "request_id",
    message: "The request id {request_id} was used for a different request. Use a new id for every new request.",
  },
  RESOURCE_NAME_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "GIVEN",
    message: '"{name}" is not a valid name here: {problem}. The form is {form}.',
  },
  FILTER_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "filter",
    message:
      "The filter is wrong at character {position}: {problem}. Correct it there; docs/search.md has the language.",
  },
  QUERY_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "query",
    message: "The query is wrong: {problem}. Write words as they stand in names, descriptions, tags or labels.",
  },
  ORDER_BY_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "order_by",
    message: 'order_by "{order_by}" is wrong: {problem}. Use one of {known}, optionally followed by " desc".',
  },
  PAGE_TOKEN_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "page_token",
    message:
      "The page token does not belong to this query. Keep filter and order as they were when it was given, or start again without one.",
  },
  MASK_PATH_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "update_mask",
    message: 'The update mask names "{path}", which cannot be updated. Use one of {known}.',
  },
  ETAG_MISMATCH: {
    code: "ABORTED",
    message: "{name} was changed since you read it. Read it again and repeat your change on top.",
  },
  CONCURRENT_CHANGE: {
    code: "ABORTED",
    message: "{name} was changed by others at the same moment. Nothing was done; try again.",
  },
} as const satisfies Record<string, ReasonDefinition>;
