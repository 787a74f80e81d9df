import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { DocumentStore, Write } from "@slipway/documents";
import { ModelStore, type StoredVersion, VersionStore } from "@slipway/metadata";
import { DEFAULT_TENANT } from "@slipway/rpc";
import { seededRandom } from "@slipway/runtime/testing";
import { modelWithVersions } from "./registry-data.ts";
import { together } from "./together.ts";

export interface RegistrySize {
  tenants: number;
  models: number;
  versionsPerModel: number;
}

/** Of all models; the rest belongs to the other tenants in equal parts. */
const SHARE_OF_DEFAULT_TENANT = 0.3;
/** Writes of a commit, at most 1,000. */
const MODELS_PER_COMMIT = 10;
/** While one is written, the next one is made. */
const COMMITS_AT_ONCE = 2;

/** What was written for the tenant that is asked. */
export interface FilledRegistry {
  /** Resource names of some of its versions. */
  names: string[];
  /** The same versions. */
  samples: StoredVersion[];
  versionsPerSecond: number;
}

const SAMPLES = 2_000;

/** Writes models and versions, made from a seed, through the port, in large commits. */
export async function fillRegistry(
  documents: DocumentStore,
  size: RegistrySize,
  seed: number,
): Promise<FilledRegistry> {
  const models = new ModelStore(documents);
  const versions = new VersionStore(documents, models);
  const names: string[] = [];
  const samples: StoredVersion[] = [];
  const startMs = performance.now();
  const commits = commitsByTenant(size, seed);
  await together(commits.length, COMMITS_AT_ONCE, async (index) => {
    const commit = commits[index] as number;
    const random = seededRandom(seed + commit);
    const tenant = tenantOf(random, size.tenants);
    const writes: Write[] = [];
    for (let index = 0; index < MODELS_PER_COMMIT; index += 1) {
      const made = modelWithVersions(commit * MODELS_PER_COMMIT + index, size.versionsPerModel, random);
      writes.push(...models.insert(tenant, made.model), ...made.versions.map((each) => versions.insert(tenant, each)));
      const sample = made.versions[Math.floor(random() * made.versions.length)];
      if (tenant !== DEFAULT_TENANT.uid || sample === undefined || names.length === SAMPLES) continue;
      names.push(`${made.model.model.name}/versions/${sample.version.number}`);
      samples.push(sample);
    }
    const outcome = await documents.commit(writes, randomUUID());
    if (!outcome.committed) throw new Error(`a commit of the benchmark's data was refused: ${outcome.reason}`);
  });
  const seconds = (performance.now() - startMs) / 1000;
  return { names, samples, versionsPerSecond: (size.models * size.versionsPerModel) / seconds };
}

/**
 * One tenant after the other: what a database keeps together is then written together. Mixed, a million versions take
 * several times as long where its cache holds a part of them only.
 */
function commitsByTenant({ models, tenants }: RegistrySize, seed: number): number[] {
  const commits = Array.from({ length: Math.ceil(models / MODELS_PER_COMMIT) }, (_, commit) => commit);
  const tenantsOf = commits.map((commit) => tenantOf(seededRandom(seed + commit), tenants));
  return commits.sort((left, right) => ((tenantsOf[left] as string) < (tenantsOf[right] as string) ? -1 : 1));
}

function tenantOf(random: () => number, tenants: number): string {
  if (random() < SHARE_OF_DEFAULT_TENANT) return DEFAULT_TENANT.uid;
  const other = 1 + Math.floor(random() * (tenants - 1));
  return `00000000-0000-7000-9000-${other.toString().padStart(12, "0")}`;
}
