import { randomUUID } from "node:crypto";
import type { BadInputCase } from "./bad-input-case.ts";
import { sendFile, startUpload } from "./send-file.ts";

const filter = (text: string, position: number, problem: string): BadInputCase => ({
  what: `the filter ${text}`,
  call: ({ connection }) => connection.versions.listVersions({ parent: "models/iris", filter: text }),
  error: "INVALID_ARGUMENT FILTER_INVALID",
  text: new RegExp(
    `^The filter is wrong at character ${position}: ${problem}\\. Correct it there; docs/search.md has the language\\.$`,
  ),
  fields: ["filter"],
});

/** What any request can have: filters, pages, masks, etags, ids, sizes. */
export const REQUESTS: readonly BadInputCase[] = [
  filter("state = ", 9, "expected a value, found the end"),
  filter('author = "Ada', 10, "the quotation mark is never closed"),
  filter("state = PUBLISHED AND", 22, "expected a field, a word or \\(, found the end"),
  filter("(state = PUBLISHED", 19, "expected AND, OR or \\), found the end"),
  filter(
    "colour = red",
    1,
    'there is no field "colour", use one of name, model, number, .*, size_bytes, metrics\\.<key>',
  ),
  filter("state = GREEN", 9, '"GREEN" is none of VALIDATING, REJECTED, READY, PUBLISHED, WITHDRAWN'),
  filter(
    "labels:a author = x*y",
    19,
    'a \\* stands only at the end of a value; write "\\\\\\*" for the character itself',
  ),
  filter("size_bytes < many", 14, '"many" is not a number'),
  filter("author < 3", 10, '"<" does not work on text, use = or !='),
  {
    what: "too many words",
    call: ({ connection }) => connection.models.listModels({ query: "a b c d e f g h i j k" }),
    error: "INVALID_ARGUMENT QUERY_INVALID",
    text: "The query is wrong: it has 11 words; at most 10. Write words as they stand in names, descriptions, tags or labels.",
    fields: ["query"],
  },
  {
    what: "an order by an unknown field",
    call: ({ connection }) => connection.models.listModels({ orderBy: "colour" }),
    error: "INVALID_ARGUMENT ORDER_BY_INVALID",
    text: 'order_by "colour" is wrong: there is no field "colour". Use one of author, create_time, name, update_time, version_count, optionally followed by " desc".',
    fields: ["order_by"],
  },
  {
    what: "a page token of another query",
    call: async ({ connection }) => {
      const { nextPageToken } = await connection.models.listModels({ pageSize: 1 });
      await connection.models.listModels({ pageSize: 1, pageToken: nextPageToken, filter: "labels = other" });
    },
    error: "INVALID_ARGUMENT PAGE_TOKEN_INVALID",
    text: "The page token does not belong to this query. Keep filter and order as they were when it was given, or start again without one.",
    fields: ["page_token"],
  },
  {
    what: "a page token of another tenant",
    call: async ({ connection, stranger }) => {
      const { nextPageToken } = await connection.models.listModels({ pageSize: 1 });
      await stranger.models.listModels({ pageSize: 1, pageToken: nextPageToken });
    },
    error: "INVALID_ARGUMENT PAGE_TOKEN_INVALID",
    text: /^The page token does not belong to this query\./,
    fields: ["page_token"],
  },
  {
    what: "a page token that was made up",
    call: ({ connection }) => connection.models.listModels({ pageToken: "bm9uc2Vuc2U" }),
    error: "INVALID_ARGUMENT PAGE_TOKEN_INVALID",
    text: /^The page token does not belong to this query\./,
    fields: ["page_token"],
  },
  {
    what: "a page of a million",
    call: ({ connection }) => connection.models.listModels({ pageSize: 1_000_000 }),
    error: "INVALID_ARGUMENT REQUEST_INVALID",
    text: /^The request is invalid: page_size must be greater than or equal to 0 and less than or equal to 1000\. Correct the listed fields and send it again\.$/,
    fields: ["page_size"],
  },
  {
    what: "a mask path that is unknown",
    call: ({ connection }) =>
      connection.models.updateModel({ model: { name: "models/iris" }, updateMask: { paths: ["colour"] } }),
    error: "INVALID_ARGUMENT MASK_PATH_INVALID",
    text: /^The update mask names "colour", which cannot be updated\. Use one of .*description.*\.$/,
    fields: ["update_mask"],
  },
  {
    what: "a mask path that the server decides",
    call: ({ connection }) =>
      connection.versions.updateVersion({
        version: { name: "models/iris/versions/1.0.0" },
        updateMask: { paths: ["state"] },
      }),
    error: "INVALID_ARGUMENT MASK_PATH_INVALID",
    text: /^The update mask names "state", which cannot be updated\. Use one of /,
    fields: ["update_mask"],
  },
  {
    what: "a stale etag",
    call: ({ connection, staleEtag }) =>
      connection.models.updateModel({
        model: { name: "models/iris", description: "lost", etag: staleEtag },
        updateMask: { paths: ["description"] },
      }),
    error: "ABORTED ETAG_MISMATCH",
    text: "models/iris was changed since you read it. Read it again and repeat your change on top.",
  },
  {
    what: "a request id with another body",
    call: async ({ connection }) => {
      const requestId = randomUUID();
      const create = (description: string) =>
        connection.models.createModel({ model: { name: "models/once", description }, requestId });
      await create("first");
      await create("second");
    },
    error: "INVALID_ARGUMENT REQUEST_ID_REUSED",
    text: /^The request id [0-9a-f-]{36} was used for a different request\. Use a new id for every new request\.$/,
    fields: ["request_id"],
  },
  {
    what: "a request id that is no UUID",
    call: ({ connection }) => connection.uploads.startUpload({ requestId: "mine" }),
    error: "INVALID_ARGUMENT REQUEST_INVALID",
    text: /^The request is invalid: request_id must be a valid UUID\. Correct the listed fields and send it again\.$/,
    fields: ["request_id"],
  },
  {
    what: "a message over the limit",
    call: ({ connection }) =>
      connection.models.createModel({ model: { name: "models/x", description: "x".repeat(5 * 1024 * 1024) } }),
    error: "RESOURCE_EXHAUSTED MESSAGE_TOO_LARGE",
    text: /^The message has 52429\d\d bytes, the limit is 4259840\. Send less in one message\.$/,
  },
  {
    what: "a message over the limit in the middle of a stream",
    call: async ({ connection }) =>
      sendFile(
        connection,
        { upload: await startUpload(connection), path: "f" },
        Buffer.from("bytes"),
        new Uint8Array(5 * 1024 * 1024),
      ),
    error: "RESOURCE_EXHAUSTED MESSAGE_TOO_LARGE",
    text: /^The message has 52428\d\d bytes, the limit is 4259840\. Send less in one message\.$/,
  },
];
