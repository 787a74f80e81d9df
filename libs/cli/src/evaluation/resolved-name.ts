import { type Connection, parseReference } from "@slipway/client";
import type { CallOptions } from "@slipway/rpc";

/** The resource name of the version that a reference means. */
export async function resolvedName({ versions }: Connection, reference: string, options: CallOptions): Promise<string> {
  const { model, selector } = parseReference(reference);
  const { version } = await versions.resolveVersion({ model: `models/${model}`, selector }, options);
  return version?.name ?? "";
}
