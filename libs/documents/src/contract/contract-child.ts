import { systemClock } from "@slipway/runtime";
import type { DocumentStore, Query } from "../document-store.ts";
import { DocumentStoreError } from "../document-store.ts";
import type { EngineModule } from "./contract-engine.ts";
import type { ChildReply, ChildRequest } from "./contract-process.ts";
import { items } from "./contract-sample.ts";

/** The other process of the suite: a store that is asked over the channel of `fork`. */

const [moduleUrl = "", location = ""] = process.argv.slice(2);
const engine = (await import(moduleUrl)) as EngineModule;
const { documents } = await engine.openEngine(location, [items], systemClock);

function run(request: ChildRequest): Promise<unknown> {
  const call = documents[request.method] as (...values: unknown[]) => Promise<unknown>;
  return call.apply(documents, request.arguments as Parameters<DocumentStore["commit"]> | [Query]);
}

process.on("message", (request: ChildRequest) => {
  run(request).then(
    (value) => answer({ id: request.id, value }),
    (error: unknown) =>
      answer({ id: request.id, kind: error instanceof DocumentStoreError ? error.kind : "UNAVAILABLE" }),
  );
});

function answer(reply: ChildReply): void {
  process.send?.(reply);
}

process.on("disconnect", () => process.exit());
answer({ id: 0, value: process.pid });
