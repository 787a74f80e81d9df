import type { DescMessage } from "@bufbuild/protobuf";
import { createByteCodec } from "./byte-codec.ts";
import { type Codec, createGenericCodec } from "./generic-codec.ts";

const codecs = new WeakMap<DescMessage, Codec>();

/** The codec of a message type: by hand for types that carry little but bytes, else that of protobuf-es. */
export function codecOf(type: DescMessage): Codec {
  let codec = codecs.get(type);
  if (codec === undefined) {
    codec = createByteCodec(type) ?? createGenericCodec(type);
    codecs.set(type, codec);
  }
  return codec;
}
