import type { Compression } from "../bytes/inflate.ts";
import { memorySource, type Source } from "../bytes/source.ts";
import { checkStream } from "../compression/check-stream.ts";
import { compressedContent } from "../compression/compressed-content.ts";
import type { Content } from "../content.ts";
import { addFacts, type Facts } from "../facts.ts";
import type { Format } from "../format.ts";
import { inspectGguf } from "../gguf/inspect-gguf.ts";
import { inspectHdf5 } from "../hdf5/inspect-hdf5.ts";
import type { Inspection } from "../inspection.ts";
import { readModelCard } from "../model-card/read-model-card.ts";
import { inspectNpy } from "../npy/inspect-npy.ts";
import { inspectOnnx } from "../onnx/inspect-onnx.ts";
import { inspectPickle } from "../pickle/inspect-pickle.ts";
import { claimsPickle, contradictedClaim, mayBeLoadedAsPickle } from "../recognition/claims.ts";
import { Refusal } from "../refusal.ts";
import { inspectSafetensors } from "../safetensors/inspect-safetensors.ts";
import { inspectTar } from "../tar/inspect-tar.ts";
import { inspectSavedModel } from "../tensorflow/inspect-saved-model.ts";
import { inspectYaml } from "../yaml/inspect-yaml.ts";
import { findEndRecord } from "../zip/end-record.ts";
import { inspectZip } from "../zip/inspect-zip.ts";
import { recognise } from "./recognise.ts";

const opaqueCompressions: ReadonlySet<Format> = new Set(["bzip2", "xz", "lzma", "lz4", "zstd"]);
const pickleFormats: ReadonlySet<Format> = new Set(["pickle", "joblib", "pytorch", "torchscript"]);
const SOURCE_CODE = /\.(?:py|pyc|sh|bash|js|rb|pl|ps1|bat)$/i;

/** Inspects a content of any format: recognises it, looks into it, and compares it with its name. */
export async function inspectContent(inspection: Inspection, content: Content, facts: Facts): Promise<Format> {
  const format = await inspectAs(inspection, content, facts, await recognise(inspection, content));
  if (inspection.headersOnly) return format;
  if (!pickleFormats.has(format) && mayBeLoadedAsPickle(content.name)) {
    await inspectPickle(inspection, content, {}, false);
  }
  if (format !== "zip" && content.source !== undefined)
    await inspectAppendedZip(inspection, content, content.source, format);
  const claim = contradictedClaim(content.name, format);
  if (claim !== undefined && format !== "empty") {
    inspection.report(
      "format.mismatch",
      content.path,
      `the file is named ${claim}, but its content is ${described(format)}`,
    );
  }
  if (format === "executable") inspection.report("file.executable", content.path, "the file is a program");
  else if (SOURCE_CODE.test(content.name)) inspection.report("file.source", content.path, "the file is source code");
  return format;
}

function described(format: Format): string {
  return format === "unknown" ? "of an unknown format" : format;
}

async function inspectAs(inspection: Inspection, content: Content, facts: Facts, format: Format): Promise<Format> {
  switch (format) {
    case "safetensors":
      await inspectSafetensors(inspection, content, facts);
      return format;
    case "onnx":
      await inspectOnnx(inspection, content, facts);
      return format;
    case "gguf":
      await inspectGguf(content, facts);
      return format;
    case "hdf5":
      await inspectHdf5(inspection, content);
      return format;
    case "npy":
      await inspectNpy(inspection, content, facts);
      return format;
    case "tensorflow-saved-model":
      await inspectSavedModel(inspection, content, facts);
      return format;
    case "markdown":
      await readModelCard(content, facts);
      return format;
    case "yaml":
      await inspectYaml(inspection, content);
      return format;
    case "pickle":
      return (await inspectPickle(inspection, content, facts, claimsPickle(content.name))) ?? "unknown";
    case "zip":
    case "tar":
    case "gzip":
    case "zlib":
      return inspectContainer(inspection, content, facts, format);
    default:
      if (opaqueCompressions.has(format)) {
        inspection.report("compression.opaque", content.path, `the file is compressed with ${format}`);
      }
      return format;
  }
}

async function inspectContainer(
  inspection: Inspection,
  content: Content,
  facts: Facts,
  format: "zip" | "tar" | Exclude<Compression, "deflate">,
): Promise<Format> {
  if (content.depth >= inspection.limits.depth) {
    inspection.report("reader.depth", content.path, `containers are nested more than ${inspection.limits.depth} deep`);
    return format;
  }
  const descend = (member: Content, memberFacts: Facts): Promise<Format> =>
    inspectMember(inspection, member, memberFacts);
  if (format === "zip") {
    return inspectZip(inspection, content, content.source ?? (await spooled(inspection, content)), facts, descend);
  }
  if (format === "tar") {
    await inspectTar(inspection, content, facts, descend);
    return format;
  }
  if (!inspection.headersOnly) await checkStream(inspection, content, format);
  const inner = await inspectMember(inspection, compressedContent(inspection, content, format), facts);
  return inner === "unknown" || inner === "empty" || inner === "text" ? format : inner;
}

/** A zip inside a compressed container has to be in memory, since its directory stands at its end. */
async function spooled(inspection: Inspection, content: Content): Promise<Source> {
  const most = inspection.limits.spoolBytes;
  const cursor = await content.open();
  try {
    if (await cursor.fill(most + 1)) {
      throw new Refusal("reader.inflation-limit", `a compressed zip inside a container is larger than ${most} bytes`);
    }
    return memorySource(cursor.window.slice(cursor.index));
  } finally {
    cursor.close();
  }
}

async function inspectMember(inspection: Inspection, member: Content, facts: Facts): Promise<Format> {
  const memberFacts: Facts = {};
  try {
    return await inspectContent(inspection, member, memberFacts);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    error.path ??= member.path;
    if (error.endsFile) throw error;
    inspection.report(error.ruleId, error.path, error.message, error.offsetBytes);
    return "unknown";
  } finally {
    addFacts(facts, memberFacts);
  }
}

/** A zip behind other data: programs that look for a zip's end see it, others see what stands before it. */
async function inspectAppendedZip(
  inspection: Inspection,
  content: Content,
  source: Source,
  format: Format,
): Promise<void> {
  if (zipFlavours.has(format)) return;
  const end = await findEndRecord(source).catch(ignoreRefusal);
  if (end === undefined || end.entryCount === 0 || end.directoryEnd < end.directorySizeBytes) return;
  const signature = await source.read(end.directoryEnd - end.directorySizeBytes, Math.min(4, end.directorySizeBytes));
  if (Buffer.from(signature).toString("latin1") !== "PK\x01\x02") return;
  const what = `the file is ${described(format)} and a zip at the same time`;
  inspection.report("format.polyglot", content.path, what, end.directoryEnd);
  await inspectContainer(inspection, content, {}, "zip");
}

const zipFlavours: ReadonlySet<Format> = new Set(["zip", "npz", "keras", "pytorch", "torchscript"]);

function ignoreRefusal(error: unknown): undefined {
  if (!(error instanceof Refusal) || error.endsFile) throw error;
  return undefined;
}
