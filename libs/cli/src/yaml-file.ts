import { readFile } from "node:fs/promises";
import { type DescMessage, fromJson, type JsonValue, type MessageShape } from "@bufbuild/protobuf";
import { ClientError } from "@slipway/client";
import { parse } from "yaml";

/**
 * A message as it stands in a YAML or JSON file. Throws ClientError with the file's name for what cannot be read or is
 * none; `words` calls the message by its kind: `a workflow`, and `page` is where its form is described.
 */
export async function readYamlFile<S extends DescMessage>(
  file: string,
  schema: S,
  { words, page }: { words: string; page: string },
): Promise<MessageShape<S>> {
  let content: JsonValue;
  try {
    content = parse(await readFile(file, "utf8")) as JsonValue;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const problem = missing ? "does not exist" : `cannot be read: ${(error as Error).message}`;
    throw new ClientError(`${file} ${problem}`, { cause: error });
  }
  try {
    return fromJson(schema, content);
  } catch (error) {
    throw new ClientError(`${file} is not ${words}: ${(error as Error).message}. See ${page}.`, { cause: error });
  }
}
