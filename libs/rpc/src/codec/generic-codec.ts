import { type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";

/** Turns messages of one type into bytes and back. */
export interface Codec {
  /** Always bytes of its own: nothing of the message is aliased. */
  encode(message: Message): Buffer;
  /** The byte fields of the message are views into `bytes`. Throws what protobuf-es throws on malformed bytes. */
  decode(bytes: Uint8Array): Message;
}

/** The codec of protobuf-es, with Buffers as grpc-js wants them. */
export function createGenericCodec(type: DescMessage): Codec {
  return {
    encode: (message) => {
      const bytes = toBinary(type, message);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    decode: (bytes) => fromBinary(type, bytes),
  };
}
