import { parseReference } from "@slipway/client";
import type { Session } from "./command.ts";

/** The resource name of a version that a person names by a selector: iris@1.2.0, iris@latest, iris@production. */
export async function versionNamed({ connection, terminal }: Session, reference: string): Promise<string> {
  const { parent, selector } = parseReference(reference);
  const request = { model: parent, selector };
  const { version } = await connection.versions.resolveVersion(request, { signal: terminal.signal });
  return version?.name ?? "";
}
