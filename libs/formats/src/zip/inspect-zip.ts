import { comparable, nameFault, shown } from "../archive/member-name.ts";
import { type Source, sliceSource } from "../bytes/source.ts";
import { cursorOver } from "../bytes/source-feed.ts";
import type { Content } from "../content.ts";
import type { Descend } from "../descend.ts";
import type { Facts } from "../facts.ts";
import type { Format } from "../format.ts";
import type { Inspection } from "../inspection.ts";
import { inspectKerasConfig, readKerasMetadata } from "../keras/inspect-keras-config.ts";
import { Refusal } from "../refusal.ts";
import { readCentralDirectory, type ZipEntry } from "./central-directory.ts";
import { checkData } from "./check-data.ts";
import { type EndRecord, findEndRecord } from "./end-record.ts";
import { flavourOf } from "./flavour.ts";
import { type Extent, layoutFaults } from "./layout.ts";
import { readLocalHeader } from "./local-header.ts";
import { DEFLATED, memberContent, STORED } from "./member-content.ts";

const ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000;
const DESCRIPTOR_FLAG = 0x8;
/** Signature, checksum and two 64-bit sizes. */
const LONGEST_DESCRIPTOR_BYTES = 24;

/** Inspects a zip: its structure as every reader may see it, and each member by its content. */
export async function inspectZip(
  inspection: Inspection,
  content: Content,
  source: Source,
  facts: Facts,
  descend: Descend,
): Promise<Format> {
  const end = await findEndRecord(source);
  if (end === undefined) throw new Refusal("zip.corrupt", "the zip has no directory at its end", source.sizeBytes);
  const start = end.directoryEnd - end.directorySizeBytes - end.directoryOffset;
  if (start < 0) throw new Refusal("zip.corrupt", "the zip's directory lies outside it", end.directoryEnd);
  if (end.contradicts) {
    inspection.report("zip.headers", content.path, "the zip's end records contradict each other", end.directoryEnd);
  }
  if (start > 0) inspection.report("format.polyglot", content.path, `${start} bytes stand before the zip`, 0);
  const entries = await readEntries(inspection, content, source, end);
  const names = new Set(entries.map((entry) => entry.name));
  const flavour = flavourOf(names);
  const zip: Content = { ...content, setting: flavour.setting };
  const extents: Extent[] = [];
  for (const entry of entries) {
    const extent = await inspectMember(inspection, zip, source, {
      entry,
      start,
      facts,
      descend,
      format: flavour.format,
    });
    if (extent !== undefined) extents.push(extent);
  }
  if (extents.length === end.entryCount) checkLayout(inspection, content, extents, end, start);
  if (flavour.setting !== "alone" && facts.framework === undefined) facts.framework = "pytorch";
  return flavour.format;
}

async function readEntries(
  inspection: Inspection,
  content: Content,
  source: Source,
  end: EndRecord,
): Promise<ZipEntry[]> {
  const directoryStart = end.directoryEnd - end.directorySizeBytes;
  const cursor = cursorOver(sliceSource(source, directoryStart, end.directorySizeBytes));
  const most = inspection.limits.archiveEntries;
  const entries = await readCentralDirectory(cursor, end.entryCount, most);
  if (end.entryCount > most) {
    inspection.report("archive.entries", content.path, `only ${most} of ${end.entryCount} members were looked at`);
  } else if (!(await cursor.atEnd())) {
    const what = "the zip's directory goes on behind its last member";
    inspection.report("zip.headers", content.path, what, directoryStart + cursor.position);
  }
  const seen = new Set<string>();
  for (const { name } of entries) {
    const key = comparable(name);
    if (seen.has(key)) inspection.report("archive.duplicate", content.path, `the name ${shown(name)} occurs twice`);
    seen.add(key);
  }
  return entries;
}

interface Member {
  readonly entry: ZipEntry;
  /** First byte of the archive in the source. */
  readonly start: number;
  readonly facts: Facts;
  readonly descend: Descend;
  readonly format: Format;
}

async function inspectMember(
  inspection: Inspection,
  zip: Content,
  source: Source,
  { entry, start, facts, descend, format }: Member,
): Promise<Extent | undefined> {
  const offset = start + entry.localOffset;
  const path = `${zip.path}!${entry.name}`;
  const fault = nameFault(entry.name);
  if (fault !== undefined) inspection.report("archive.name", path, `the name ${shown(entry.name)} ${fault}`, offset);
  const local = await readLocalHeader(source, offset, entry);
  if (local === undefined || local.dataOffset + entry.compressedBytes > source.sizeBytes) {
    inspection.report("zip.corrupt", path, "the member lies outside the zip", offset);
    return undefined;
  }
  const disagreements = entry.otherName === undefined ? local.disagreements : [...local.disagreements, "name"];
  if (disagreements.length > 0) {
    const what = `the headers of the member disagree about its ${disagreements.join(", ")}`;
    inspection.report("zip.headers", path, what, offset);
  }
  const member = memberContent(inspection, zip, source, entry, local.dataOffset);
  if (entry.isLink) inspection.report("archive.link", path, "the member is a link", offset);
  if ((entry.flags & ENCRYPTED_FLAGS) !== 0) {
    inspection.report("zip.encrypted", path, "the member is encrypted", offset);
  } else if (entry.method !== STORED && entry.method !== DEFLATED) {
    inspection.report("compression.opaque", path, `the member is compressed by method ${entry.method}`, offset);
  } else if (!(entry.name.endsWith("/") && entry.sizeBytes === 0)) {
    if (entry.method === DEFLATED && !inspection.headersOnly) await checked(inspection, member, entry);
    if (format === "keras" && entry.name === "config.json") await inspectKerasConfig(inspection, member);
    if (format === "keras" && entry.name === "metadata.json") await readKerasMetadata(member, facts);
    await descend(member, facts);
  }
  return {
    name: entry.name,
    start: offset,
    end: local.dataOffset + entry.compressedBytes,
    slackBytes: (entry.flags & DESCRIPTOR_FLAG) !== 0 ? LONGEST_DESCRIPTOR_BYTES : 0,
  };
}

/** A member that does not decompress is a finding of its own. */
async function checked(inspection: Inspection, member: Content, entry: ZipEntry): Promise<void> {
  try {
    await checkData(inspection, member, entry);
  } catch (error) {
    if (!(error instanceof Refusal) || error.endsFile) throw error;
    inspection.report(error.ruleId, member.path, error.message, error.offsetBytes);
  }
}

function checkLayout(
  inspection: Inspection,
  content: Content,
  extents: readonly Extent[],
  end: EndRecord,
  start: number,
): void {
  for (const fault of layoutFaults(extents, start, end.directoryEnd - end.directorySizeBytes)) {
    if (fault.kind === "overlap") {
      inspection.report(
        "zip.overlap",
        content.path,
        `${shown(fault.name)} shares bytes with another member`,
        fault.offset,
      );
    } else {
      inspection.report("zip.hidden", content.path, `unlisted bytes lie before ${shown(fault.name)}`, fault.offset);
    }
  }
}
