import {
  create,
  createRegistry,
  type DescMessage,
  equals,
  fromBinary,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { DownloadFileResponseSchema } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { UploadFileRequestSchema } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import { expect } from "chai";
import fc from "fast-check";
import { EchoRequestSchema, RepeatResponseSchema } from "../../testing/index.ts";
import { createByteCodec } from "./byte-codec.ts";
import type { Codec } from "./generic-codec.ts";

function codecFor(type: DescMessage): Codec {
  const codec = createByteCodec(type);
  if (codec === undefined) throw new Error(`${type.typeName} has no codec by hand`);
  return codec;
}

const data = fc.uint8Array({ maxLength: 70_000, size: "max" });

const uploadRequests = fc.oneof(
  fc.constant(create(UploadFileRequestSchema)),
  data.map((value) => create(UploadFileRequestSchema, { content: { case: "data", value } })),
  fc
    .record({ upload: fc.string(), path: fc.string({ unit: "binary" }), offsetBytes: fc.bigInt(0n, 2n ** 63n - 1n) })
    .map((value) => create(UploadFileRequestSchema, { content: { case: "header", value } })),
);
const downloadResponses = data.map((value) => create(DownloadFileResponseSchema, { data: value }));

/** What a newer release may add: fields that this one does not know. */
const unknownFields = fc.array(fc.record({ no: fc.integer({ min: 100, max: 2000 }), data: fc.uint8Array() }), {
  minLength: 1,
  maxLength: 3,
});

describe("the codec by hand of byte messages", () => {
  it("serves the two messages of the artifact service, and no type that holds more", () => {
    expect(createByteCodec(UploadFileRequestSchema)).not.to.equal(undefined);
    expect(createByteCodec(DownloadFileResponseSchema)).not.to.equal(undefined);
    expect(createByteCodec(EchoRequestSchema)).to.equal(undefined);
    expect(createByteCodec(RepeatResponseSchema)).to.equal(undefined);
  });

  for (const [type, messages] of [
    [UploadFileRequestSchema, uploadRequests],
    [DownloadFileResponseSchema, downloadResponses],
  ] as [DescMessage, fc.Arbitrary<Message>][]) {
    it(`writes ${type.name} as protobuf-es does, into bytes of its own`, () => {
      fc.assert(
        fc.property(messages, (message) => {
          const bytes = codecFor(type).encode(message);
          expect(Buffer.isBuffer(bytes)).to.equal(true);
          expect(bytes.equals(toBinary(type, message))).to.equal(true);
        }),
      );
    });

    it(`reads ${type.name} as protobuf-es does, unknown fields included`, () => {
      fc.assert(
        fc.property(messages, fc.option(unknownFields), (message, unknown) => {
          const writer = new BinaryWriter().raw(toBinary(type, message));
          for (const field of unknown ?? []) writer.tag(field.no, WireType.LengthDelimited).bytes(field.data);
          const bytes = writer.finish();
          const read = codecFor(type).decode(bytes);
          const expected = fromBinary(type, bytes);
          expect(equals(type, read, expected, { registry: createRegistry(), unknown: true })).to.equal(true);
          expect(codecFor(type).encode(read).equals(toBinary(type, expected))).to.equal(true);
        }),
      );
    });

    it(`accepts and refuses for ${type.name} the same bytes as protobuf-es`, () => {
      // Bytes near the shape that is read by hand: the field's tag, some varint, some bytes.
      const near = fc
        .tuple(fc.constantFrom(0x0a, 0x12, 0x10), fc.uint8Array({ maxLength: 6 }), fc.uint8Array({ maxLength: 200 }))
        .map(([tag, length, rest]) => Uint8Array.of(tag, ...length, ...rest));
      const attempt = (read: () => Message) => {
        try {
          return read();
        } catch {
          return undefined;
        }
      };
      fc.assert(
        fc.property(fc.oneof(near, fc.uint8Array()), (bytes) => {
          const read = attempt(() => codecFor(type).decode(bytes));
          const expected = attempt(() => fromBinary(type, bytes));
          expect(read === undefined).to.equal(expected === undefined);
          if (read !== undefined && expected !== undefined) expect(equals(type, read, expected)).to.equal(true);
        }),
        { numRuns: 2_000 },
      );
    });
  }

  it("reads bytes without copying them", () => {
    const bytes = codecFor(DownloadFileResponseSchema).encode(
      create(DownloadFileResponseSchema, { data: new Uint8Array(100) }),
    );
    const read = codecFor(DownloadFileResponseSchema).decode(bytes);
    expect(Reflect.get(read, "data")).to.have.property("buffer", bytes.buffer);
  });
});
