import { parseReference } from "@slipway/client";
import type { Session } from "./command.ts";

/** A number as versions have it, without build metadata: it comes before all other selectors. */
const NUMBER = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/**
 * The resource name of a version that a person names by a selector: iris@1.2.0, iris@latest, iris@production. A number is
 * taken as it is, since something may be known of a version that is purged.
 */
export async function versionNamed({ connection, terminal }: Session, reference: string): Promise<string> {
  const { parent, selector } = parseReference(reference);
  if (NUMBER.test(selector)) return `${parent}/versions/${selector}`;
  const request = { model: parent, selector };
  const { version } = await connection.versions.resolveVersion(request, { signal: terminal.signal });
  return version?.name ?? "";
}
