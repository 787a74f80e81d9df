import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { create } from "@bufbuild/protobuf";
import { WatchEventsRequestSchema } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import { WorkflowSchema } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import { expect } from "chai";
import type { RpcError } from "../rpc-error.ts";
import { PATTERN_WORDS } from "./pattern-words.ts";
import { validate } from "./validate.ts";

const PROTO = fileURLToPath(new URL("../../../../proto/slipway", import.meta.url));

function refusal(act: () => void): RpcError {
  try {
    act();
  } catch (error) {
    return error as RpcError;
  }
  throw new Error("it was accepted");
}

describe("Patterns of the proto files", () => {
  it("have words, each of them, and no words are left over", async () => {
    const patterns = new Set<string>();
    for (const file of await readdir(PROTO, { recursive: true })) {
      if (!file.endsWith(".proto")) continue;
      const text = await readFile(join(PROTO, file), "utf8");
      for (const [, pattern] of text.matchAll(/\bpattern\s*[:=]\s*("(?:[^"\\]|\\.)*")/g)) {
        patterns.add(JSON.parse(pattern ?? "") as string);
      }
    }
    expect(Object.keys(PATTERN_WORDS)).to.have.members([...patterns]);
  });

  it("are told to clients in words", () => {
    const watched = create(WatchEventsRequestSchema, { types: ["slipway.model.created", "nonsense"] });
    const { message, fields } = refusal(() => validate(WatchEventsRequestSchema, watched));
    expect(message).to.equal(
      "The request is invalid: types[1] is not a type of event, which looks like slipway.version.created. Correct the listed fields and send it again.",
    );
    expect(fields[0]).to.include({ field: "types[1]", reason: "string.pattern" });
    const action = { case: "http", value: { url: "https://example.com", headers: { "a b": "c\nd" } } } as const;
    const workflow = create(WorkflowSchema, { name: "workflows/a", steps: [{ id: "Not an id", action }] });
    const broken = refusal(() => validate(WorkflowSchema, workflow));
    expect(broken.fields.map(({ field, description }) => `${field} ${description}`)).to.include.members([
      "steps[0].id must begin with a lower-case letter and have 1 to 63 of a-z, 0-9 and -",
      'steps[0].http.headers["a b"] must have 1 to 128 of A-Z, a-z, 0-9 and -',
      'steps[0].http.headers["a b"] must be a single line',
    ]);
    expect(broken.message).not.to.match(/regex|[\^$]/);
  });
});
