import { admission } from "./benchmarks/admission.ts";
import { bytes } from "./benchmarks/bytes.ts";
import { create } from "./benchmarks/create.ts";
import { deduplication } from "./benchmarks/deduplication.ts";
import { memory } from "./benchmarks/memory.ts";
import { mlflow } from "./benchmarks/mlflow.ts";
import { objects } from "./benchmarks/objects.ts";
import { predictions } from "./benchmarks/predictions.ts";
import { reads } from "./benchmarks/reads.ts";
import { search } from "./benchmarks/search.ts";
import { start } from "./benchmarks/start.ts";
import { transitions } from "./benchmarks/transitions.ts";
import type { Benchmark } from "./harness/benchmark.ts";
import type { Deployment } from "./harness/deployment.ts";

/** All benchmarks of each deployment, in the order in which they run. */
export const BENCHMARKS: Readonly<Record<Deployment["name"], readonly Benchmark[]>> = {
  embedded: [start, reads, create, bytes, memory, deduplication, admission, transitions, predictions, search],
  split: [reads, create, objects, admission, transitions, search],
};

/** Those beside another registry, of either deployment; each is named like it. */
export const PEERS: readonly Benchmark[] = [mlflow];
