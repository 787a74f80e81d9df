import { createGrpcTransport, type Transport } from "@slipway/rpc";
import { type Clock, SERVICE_NAMES, type ServiceConfiguration, type ServiceName } from "@slipway/runtime";
import { createPeerTransport } from "./peer-transport.ts";
import { PeerWatch } from "./peer-watch.ts";
import type { Findings } from "./readiness.ts";
import type { TlsMaterial } from "./tls-material.ts";

/** The other services as one of them sees them. */
export interface Peers {
  transports: Readonly<Record<ServiceName, Transport>>;
  /** Which of them are away and why, and whose clocks differ. */
  find(): Findings;
  close(): Promise<void>;
}

/**
 * Whom each service asks, and whether it can serve without. Metadata is needed by all and waits for nobody: else none
 * would begin where a service is reached only once it is ready.
 */
const NEEDS: Readonly<Record<ServiceName, Partial<Record<ServiceName, "always" | "sometimes">>>> = {
  metadata: { artifact: "sometimes" },
  artifact: { metadata: "always" },
  workflow: { metadata: "always", artifact: "sometimes" },
};

/** Connects to the other services, with this one's credential on every call, and begins to watch them. */
export function connectPeers(
  { service, serviceKey, urls }: ServiceConfiguration,
  tls: TlsMaterial | undefined,
  clock: Clock,
): Peers {
  const headers = { authorization: `Bearer ${serviceKey}` };
  const direct = (peer: ServiceName) => createGrpcTransport({ url: urls[peer], headers, ...(tls && { tls }) });
  const straight = { metadata: direct("metadata"), artifact: direct("artifact"), workflow: direct("workflow") };
  const watches = SERVICE_NAMES.flatMap((peer) => {
    const need = NEEDS[service][peer];
    if (need === undefined) return [];
    return [{ need, watch: new PeerWatch({ peer, url: urls[peer], transport: straight[peer], clock }) }];
  });
  for (const { watch } of watches) watch.start();
  return {
    transports: {
      metadata: createPeerTransport("metadata", straight.metadata),
      artifact: createPeerTransport("artifact", straight.artifact),
      workflow: createPeerTransport("workflow", straight.workflow),
    },
    find: () => ({
      missing: watches.flatMap(({ need, watch }) => (need === "always" ? watch.missing() : [])),
      degraded: watches.flatMap(({ need, watch }) => (need === "sometimes" ? watch.missing() : [])),
      warnings: watches.flatMap(({ watch }) => watch.warnings()),
    }),
    close: async () => {
      await Promise.all(watches.map(({ watch }) => watch.stop()));
      for (const transport of Object.values(straight)) transport.close();
    },
  };
}
