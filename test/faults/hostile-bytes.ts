import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { constants, crc32, deflateRawSync } from "node:zlib";

const MIB = 1024 * 1024;
const ONNX = fileURLToPath(new URL("../../examples/iris/model.onnx", import.meta.url));

/** Says that its header has 10 GB. */
export function hugeHeader(): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(10_000_000_000n);
  return Buffer.concat([length, Buffer.from('{"weights":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}    ')]);
}

/** A zip of 3 MB whose one member unpacks to 3 GiB of zeros. */
export function zipBomb(): Buffer {
  // A full flush begins anew, so that the same compressed bytes can stand there again and again (RFC 1951 3.2).
  const zeros = deflateRawSync(Buffer.alloc(64 * MIB), { finishFlush: constants.Z_FULL_FLUSH });
  const times = 48;
  const data = Buffer.concat([...Array.from({ length: times }, () => zeros), Buffer.from([0x03, 0x00])]);
  return zipOf("weights.bin", data, { method: 8, sizeBytes: times * 64 * MIB, checksum: 0 });
}

/** A zip whose member climbs out of the folder that it is unpacked in. */
export function climbingZip(): Buffer {
  const data = Buffer.from("* * * * * root true\n");
  return zipOf("../../etc/cron.d/model", data, { method: 0, sizeBytes: data.length, checksum: crc32(data) });
}

/** A pickle that runs a command when it is loaded (protocol 0, as `__reduce__` of `os.system` writes it). */
export function commandPickle(): Buffer {
  return Buffer.from("cos\nsystem\n(S'true'\ntR.");
}

/** A pickle of 40 million instructions, between which a tuple is doubled until it has 2^60 members. */
export function loopingPickle(): Buffer {
  const doubled = Buffer.from("2\x86".repeat(60), "latin1");
  const idle = Buffer.from("N0".repeat(20_000_000), "latin1");
  return Buffer.concat([Buffer.from("\x80\x02)", "latin1"), doubled, idle, Buffer.from(".")]);
}

/** The example's model with its middle overwritten. */
export async function corruptedOnnx(): Promise<Buffer> {
  const model = await readFile(ONNX);
  return model.fill(0xff, Math.floor(model.length / 3), Math.floor(model.length / 2));
}

interface Member {
  /** 0: stored, 8: deflated. */
  method: 0 | 8;
  sizeBytes: number;
  checksum: number;
}

/** A zip with one member (APPNOTE.TXT 4.3). */
function zipOf(name: string, data: Buffer, { method, sizeBytes, checksum }: Member): Buffer {
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(method, 4);
  common.writeUInt32LE(checksum, 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(sizeBytes, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, Buffer.from(name)]);
  const made = Buffer.from([20, 0]);
  const entry = Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), made, common, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length + data.length, 16);
  return Buffer.concat([local, data, entry, end]);
}
