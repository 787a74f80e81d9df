import { comparable, linkTarget, nameFault, shown } from "../archive/member-name.ts";
import type { Cursor } from "../bytes/cursor.ts";
import { partOf } from "../bytes/part.ts";
import { memorySource, sliceSource } from "../bytes/source.ts";
import { cursorOver } from "../bytes/source-feed.ts";
import type { Content } from "../content.ts";
import type { Descend } from "../descend.ts";
import type { Facts } from "../facts.ts";
import type { Inspection } from "../inspection.ts";
import { Refusal } from "../refusal.ts";
import { BLOCK_BYTES, parsePax, parseTarHeader, type TarHeader } from "./header.ts";

/** Names and pax records; real ones stay far below. */
const LONGEST_EXTENSION_BYTES = 1024 * 1024;
/** Members up to this size are kept in memory where the tar itself can only be read in order. */
const KEPT_MEMBER_BYTES = 1024 * 1024;

/** Inspects a tar: names, links, devices, and each file by its content. */
export async function inspectTar(
  inspection: Inspection,
  content: Content,
  facts: Facts,
  descend: Descend,
): Promise<void> {
  const cursor = await content.open();
  const seen = new Set<string>();
  try {
    for await (const { header, offset } of headers(cursor)) {
      if (seen.size >= inspection.limits.archiveEntries) {
        inspection.report("archive.entries", content.path, `only ${seen.size} members were looked at`, offset);
        return;
      }
      const key = comparable(header.name);
      if (seen.has(key) && header.type !== "5") {
        inspection.report("archive.duplicate", content.path, `the name ${shown(header.name)} occurs twice`, offset);
      }
      seen.add(key);
      await inspectMember(inspection, content, { header, offset, cursor, facts, descend });
    }
  } finally {
    cursor.close();
  }
}

interface Located {
  readonly header: TarHeader;
  /** Of the header block. */
  readonly offset: number;
}

/** Each member's header with its extensions applied; the cursor then stands at the member's data. */
async function* headers(cursor: Cursor): AsyncGenerator<Located> {
  let extended: Partial<TarHeader> = {};
  for (;;) {
    const offset = cursor.position;
    const block = await cursor.take(BLOCK_BYTES);
    if (block === undefined || block.every((byte) => byte === 0)) return;
    const plain = parseTarHeader(block);
    if (plain === undefined) throw new Refusal("tar.corrupt", "the tar has a damaged header", offset);
    const dataStart = cursor.position;
    let sizeBytes = plain.sizeBytes;
    if ("xgLK".includes(plain.type)) {
      extended = { ...extended, ...(await readExtension(cursor, plain)) };
    } else {
      const header = { ...plain, ...extended };
      sizeBytes = header.sizeBytes;
      yield { header, offset };
      extended = {};
    }
    const padded = Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
    if (!(await cursor.skip(dataStart + padded - cursor.position))) {
      throw new Refusal("tar.corrupt", "the tar ends inside a member", offset);
    }
  }
}

async function readExtension(cursor: Cursor, header: TarHeader): Promise<Partial<TarHeader>> {
  const bytes = header.sizeBytes <= LONGEST_EXTENSION_BYTES ? await cursor.take(header.sizeBytes) : undefined;
  if (bytes === undefined) throw new Refusal("tar.corrupt", "the tar has a damaged extension", cursor.position);
  const text = Buffer.from(bytes).toString("utf8").replace(/\0.*$/s, "");
  if (header.type === "L") return { name: text };
  if (header.type === "K") return { linkName: text };
  const records = parsePax(bytes);
  const size = records.get("size");
  return {
    ...(records.has("path") ? { name: records.get("path") as string } : {}),
    ...(records.has("linkpath") ? { linkName: records.get("linkpath") as string } : {}),
    ...(size !== undefined && /^\d{1,15}$/.test(size) ? { sizeBytes: Number(size) } : {}),
  };
}

interface Member extends Located {
  readonly cursor: Cursor;
  readonly facts: Facts;
  readonly descend: Descend;
}

async function inspectMember(
  inspection: Inspection,
  tar: Content,
  { header, offset, cursor, facts, descend }: Member,
): Promise<void> {
  const { name, type, linkName } = header;
  const path = `${tar.path}!${name}`;
  const fault = nameFault(name);
  if (fault !== undefined) inspection.report("archive.name", path, `the name ${shown(name)} ${fault}`, offset);
  if (type === "1" || type === "2") {
    const target = type === "1" ? linkTarget("", linkName) : linkTarget(name, linkName);
    const rule = target === undefined ? "archive.link-escape" : "archive.link";
    inspection.report(rule, path, `the member is a link to ${shown(linkName)}`, offset);
  } else if ("346".includes(type)) {
    inspection.report("archive.device", path, "the member is a device or a pipe", offset);
  } else if (type === "S") {
    inspection.report("tar.corrupt", path, "the member is a sparse file, which is not looked into", offset);
  } else if (type !== "5") {
    await descend(await memberContent(tar, header, cursor), facts);
  }
}

/** A member as a content: a range where there is random access, else in memory, else by reading the tar anew. */
async function memberContent(tar: Content, { name, sizeBytes }: TarHeader, cursor: Cursor): Promise<Content> {
  const start = cursor.position;
  const common = {
    path: `${tar.path}!${name}`,
    name: name.slice(name.lastIndexOf("/") + 1),
    depth: tar.depth + 1,
    setting: tar.setting,
    sizeBytes,
  };
  const kept = tar.source === undefined && sizeBytes <= KEPT_MEMBER_BYTES ? await cursor.take(sizeBytes) : undefined;
  const inTar = tar.source !== undefined && start + sizeBytes <= tar.source.sizeBytes ? tar.source : undefined;
  const source = kept ? memorySource(kept.slice()) : inTar && sliceSource(inTar, start, sizeBytes);
  if (source !== undefined) return { ...common, source, open: async () => cursorOver(source) };
  const open = async (): Promise<Cursor> => {
    const again = await tar.open();
    await again.skip(start);
    return partOf(again, sizeBytes);
  };
  return { ...common, source: undefined, open };
}
