import { asConnectionError, S3ConnectionError, type S3Http } from "./s3-http.ts";
import { readText, S3ReplyError, textOf } from "./s3-reply-error.ts";

/** 1,000 keys of 900 characters, with what S3 tells of each, stay under 2 MiB. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024;

/** The keys of a bucket that begin with `prefix`, with their sizes; errors are those of S3Http. */
export async function* listObjects(
  http: S3Http,
  bucket: string,
  prefix: string,
): AsyncGenerator<{ key: string; sizeBytes: number }, void> {
  for (let token: string | undefined = ""; token !== undefined; ) {
    const page = await listPage(http, bucket, prefix, token);
    yield* page.objects;
    token = page.next;
  }
}

async function listPage(http: S3Http, bucket: string, prefix: string, token: string) {
  const continuation = token === "" ? "" : `continuation-token=${encodeURIComponent(token)}&`;
  const query = `${continuation}list-type=2&max-keys=1000&prefix=${encodeURIComponent(prefix)}`;
  try {
    const reply = await http.send({ method: "GET", bucket, query }, { expected: [200] });
    return parsePage(await readText(reply, MAX_PAGE_BYTES).catch(asConnectionError));
  } catch (error) {
    if (error instanceof S3ReplyError && error.code === "NoSuchBucket") return { objects: [], next: undefined };
    throw error;
  }
}

/** Reads https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html; never takes a part for the whole. */
function parsePage(xml: string) {
  const isTruncated = textOf(xml, "IsTruncated");
  const next = textOf(xml, "NextContinuationToken");
  const isWhole = /<\/ListBucketResult>\s*$/.test(xml) && isTruncated !== undefined;
  if (!isWhole || (isTruncated === "true" && next === undefined)) {
    throw new S3ConnectionError("the store sent an incomplete list", { wasSent: true });
  }
  const objects = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, entry = ""]) => {
    const [key, size] = [textOf(entry, "Key"), textOf(entry, "Size")];
    if (key === undefined || size === undefined)
      throw new S3ConnectionError("the store sent a list without names", { wasSent: true });
    return { key, sizeBytes: Number(size) };
  });
  return { objects, next: isTruncated === "true" ? next : undefined };
}
