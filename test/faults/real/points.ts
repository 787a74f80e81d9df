import { artifactFaultPoints } from "@slipway/artifact";
import { documentFaultPoints } from "@slipway/documents/sqlite";
import { eventFaultPoints } from "@slipway/events";
import { metadataFaultPoints } from "@slipway/metadata";
import type { ServiceName } from "@slipway/runtime";
import { workflowFaultPoints } from "@slipway/workflow";
import { seeded } from "../seed.ts";

/** A named point, and how often a process comes by before the fault. */
export interface Moment {
  point: string;
  hit: number;
}

const namedPoints: Record<ServiceName, readonly string[]> = {
  metadata: [...metadataFaultPoints, ...eventFaultPoints],
  artifact: [...artifactFaultPoints, ...eventFaultPoints],
  workflow: [...workflowFaultPoints, ...eventFaultPoints],
};

/** Progress inside a file is recorded every 32 MiB. */
export const LARGE_FILE = { point: "artifact.file.progressed", weightsBytes: 33 * 1024 * 1024 } as const;

/** Every named point of a service once, and moments in any commit, in an order that the seed chooses for the purpose. */
export function momentsOf(service: ServiceName, purpose: string): Moment[] {
  const place = `${purpose} ${service}`;
  const named = namedPoints[service].map((point) => {
    const most = point === LARGE_FILE.point ? 1 : 3;
    return { point, hit: seeded(`${place} ${point}`, 1, most) };
  });
  const anyCommit = documentFaultPoints.map((point) => ({ point, hit: seeded(`${place} ${point}`, 1, 12) }));
  const order = ({ point }: Moment) => seeded(`order of ${place} ${point}`, 0, 1_000_000);
  return [...named, ...anyCommit].sort((a, b) => order(a) - order(b));
}
