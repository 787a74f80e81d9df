import { describeCommits } from "./contract-commits.ts";
import { describeCrashes } from "./contract-crash.ts";
import type { DocumentEngine } from "./contract-engine.ts";
import { describeFormats } from "./contract-formats.ts";
import { describeInstances } from "./contract-instances.ts";
import { describeQueries } from "./contract-queries.ts";
import { describeValues } from "./contract-values.ts";

/** Everything that document-store.ts promises, for any engine, unchanged. */
export function describeDocumentStore(name: string, engine: DocumentEngine): void {
  describe(`DocumentStore contract: ${name}`, () => {
    describeCommits(engine);
    describeValues(engine);
    describeQueries(engine);
    describeInstances(engine);
    describeFormats(engine);
    describeCrashes(engine);
  });
}
