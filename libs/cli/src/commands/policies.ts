import { toJson } from "@bufbuild/protobuf";
import { type StagePolicy, StagePolicySchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import {
  type TestStagePolicyResponse,
  TestStagePolicyResponseSchema,
} from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import type { Command } from "commander";
import { stringify } from "yaml";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { formatTime } from "../format-time.ts";
import { UsageError } from "../usage-error.ts";
import { versionReference } from "../version-name.ts";
import { readYamlFile } from "../yaml-file.ts";

interface OwnerFlags {
  model?: string;
}

const MODEL_OPTION = ["--model <model>", "the policy of this model (default: the tenant's)"] as const;

export function addPolicies(program: Command, context: ProgramContext): void {
  const policy = program.command("policy").description("stages, the ways between them, and what each way asks for");

  const show = policy
    .command("show")
    .description("show the policy that holds, as YAML that apply takes")
    .option(...MODEL_OPTION);
  withSession(context, show, async (session, { model }: OwnerFlags) => {
    const request = { name: nameOf(model) };
    const { policy: found } = await session.connection.stages.getStagePolicy(request, optionsOf(session));
    if (found === undefined) return undefined;
    if (session.json) session.printJson({ policy: toJson(StagePolicySchema, found) });
    else
      session.print(
        `# ${headline(found)}\n${stringify(toJson(StagePolicySchema, givenPart(found), { useProtoFieldName: true }))}`,
      );
    return undefined;
  });

  const apply = policy
    .command("apply <file>")
    .description("replace the policy by the one in a YAML or JSON file (docs/stage-policy.md)")
    .option(...MODEL_OPTION);
  withSession(context, apply, async (session, file: string, { model }: OwnerFlags) => {
    const request = { policy: await readPolicy(file, model) };
    const { policy: applied } = await session.connection.stages.updateStagePolicy(request, optionsOf(session));
    if (applied === undefined) return undefined;
    if (session.json) session.printJson({ policy: toJson(StagePolicySchema, applied) });
    else session.print(`${applied.name} applied, revision ${applied.revision}\n`);
    return undefined;
  });

  const remove = policy
    .command("delete")
    .description(
      "forget the policy, so that the one above it holds: of a model the tenant's, of the tenant the default",
    )
    .option(...MODEL_OPTION);
  withSession(context, remove, async (session, { model }: OwnerFlags) => {
    const name = nameOf(model);
    const { policy: left } = await session.connection.stages.deleteStagePolicy({ name }, optionsOf(session));
    if (left === undefined) return undefined;
    if (session.json) session.printJson({ policy: toJson(StagePolicySchema, left) });
    else session.print(`${name} is deleted. What holds is ${headline(left)}.\n`);
    return undefined;
  });

  const test = policy
    .command("test <file>")
    .description("replay the last transitions against a policy that is not saved, and say what would differ")
    .option(...MODEL_OPTION)
    .option("--last <count>", "how many transitions, at most 1000", "100");
  withSession(context, test, async (session, file: string, { model, last }: OwnerFlags & { last: string }) => {
    const transitionCount = Number(last);
    if (!Number.isInteger(transitionCount) || transitionCount < 1) {
      throw new UsageError(`--last ${last} is not a whole number above 0.`);
    }
    const request = { policy: await readPolicy(file, model), transitionCount };
    const reply = await session.connection.stages.testStagePolicy(request, optionsOf(session));
    if (session.json) session.printJson(toJson(TestStagePolicyResponseSchema, reply));
    else printDifferences(session, reply);
    return undefined;
  });
}

function printDifferences(session: Session, { replayedCount, differences }: TestStagePolicyResponse): void {
  const replayed = replayedCount === 1 ? "1 transition was replayed" : `${replayedCount} transitions were replayed`;
  const outcome = differences.length === 0 ? "none" : String(differences.length);
  session.print(`${replayed}; ${outcome} would have gone another way.\n`);
  if (differences.length === 0) return;
  session.printTable(
    ["VERSION", "FROM", "TO", "WAS", "WOULD BE", "WHY"],
    differences.map(({ version, fromStage, toStage, was, wouldBe, reason }) => [
      versionReference(version),
      fromStage,
      toStage,
      TransitionState[was],
      TransitionState[wouldBe],
      reason,
    ]),
  );
}

/** The policy of a file; `--model` says whose it becomes, else the file's own name, else it is the tenant's. */
async function readPolicy(file: string, model: string | undefined): Promise<StagePolicy> {
  const read = await readYamlFile(file, StagePolicySchema, { words: "a stage policy", page: "docs/stage-policy.md" });
  return { ...read, name: model === undefined && read.name !== "" ? read.name : nameOf(model) };
}

function nameOf(model: string | undefined): string {
  return model === undefined ? "stagePolicy" : `models/${model}/stagePolicy`;
}

function headline({ name, revision, updater, updateTime }: StagePolicy): string {
  if (revision === 0n) return "the default policy";
  return `${name}, revision ${revision}, by ${updater} at ${formatTime(updateTime)}`;
}

/** What whoever changes the policy decides. */
function givenPart({ $typeName, stages, edges, expiry }: StagePolicy): StagePolicy {
  const outputOnly = { name: "", revision: 0n, updater: "", etag: "" };
  return { $typeName, stages, edges, ...(expiry && { expiry }), ...outputOnly };
}

function optionsOf({ terminal }: Session) {
  return { signal: terminal.signal };
}
