import type { DescMessage, Message } from "@bufbuild/protobuf";
import { codecOf } from "./codec.ts";

/** The messages in bytes, one by one as they are asked for. */
export async function* encodeEach(type: DescMessage, messages: AsyncIterable<Message>): AsyncGenerator<Buffer> {
  const codec = codecOf(type);
  for await (const message of messages) yield codec.encode(message);
}
