import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { ClientError } from "@slipway/client";
import { CsvError, parse } from "csv-parse";

const LINE_BREAK = 0x0a;
/** Nobody has longer lines, but a file that is no CSV may be one. */
const LONGEST_RECORD_BYTES = 1024 * 1024;

/**
 * The records of a CSV file (RFC 4180, UTF-8), read as far as they are looked at. Throws ClientError, which names the line,
 * for a record of another length than the first, quotes that are not closed, and a file whose last line has no line break:
 * that is how a file looks that was cut.
 */
export async function* csvRecords(path: string, onBytes: (bytes: number) => void): AsyncGenerator<string[]> {
  const parser = parse({ bom: true, skip_empty_lines: true, max_record_size: LONGEST_RECORD_BYTES });
  // The parser is destroyed with the error of what it reads, and so throws it to whoever iterates.
  pipeline(Readable.from(wholeLines(path, onBytes), { objectMode: false }), parser, () => undefined);
  try {
    yield* parser as AsyncIterable<string[]>;
  } catch (error) {
    throw error instanceof CsvError ? new ClientError(`${path}: ${error.message}.`, { cause: error }) : error;
  }
}

async function* wholeLines(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  let lines = 0;
  let last: number | undefined;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(LINE_BREAK); at >= 0; at = chunk.indexOf(LINE_BREAK, at + 1)) lines += 1;
    last = chunk.at(-1);
    onBytes(chunk.length);
    yield chunk;
  }
  if (last === undefined) throw new ClientError(`${path} is empty.`);
  if (last === LINE_BREAK) return;
  throw new ClientError(
    `${path}: line ${lines + 1} does not end with a line break, so the file may have been cut there. If it is whole, add one.`,
  );
}
