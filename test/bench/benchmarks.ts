import { admission } from "./benchmarks/admission.ts";
import { bytes } from "./benchmarks/bytes.ts";
import { create } from "./benchmarks/create.ts";
import { deduplication } from "./benchmarks/deduplication.ts";
import { memory } from "./benchmarks/memory.ts";
import { reads } from "./benchmarks/reads.ts";
import { start } from "./benchmarks/start.ts";
import type { Benchmark } from "./harness/benchmark.ts";

/** All benchmarks in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [start, reads, create, bytes, memory, deduplication, admission];
