import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openSqliteDocuments } from "../sqlite.ts";
import type { DocumentEngine, EngineModule } from "./contract-engine.ts";

/** The embedded engine as the suite sees it; the other process of the suite imports this module too. */

/** @public imported by URL */
export const openEngine: EngineModule["openEngine"] = (path, collections, clock) =>
  openSqliteDocuments({ path, collections, clock });

export const sqliteEngine: DocumentEngine = {
  moduleUrl: import.meta.url,
  createLocation: async () => join(await mkdtemp(join(tmpdir(), "slipway-documents-")), "documents.sqlite"),
  removeLocation: (location) => rm(dirname(location), { recursive: true, force: true }),
};
