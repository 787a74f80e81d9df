import { type MessageInitShape, toJson } from "@bufbuild/protobuf";
import { RelationKind, RelationSchema } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { relationWords } from "../lineage-tree.ts";
import { versionNamed } from "../named-version.ts";
import { UsageError } from "../usage-error.ts";
import { shortName } from "../version-name.ts";

interface RelationFlags {
  derivedFrom?: string;
  fineTunedFrom?: string;
  quantizedFrom?: string;
  trainedOn?: string;
  trainedOnVersion?: string;
  evaluatedOn?: string;
  evaluatedOnVersion?: string;
  artifact?: string;
}

type RelationInit = MessageInitShape<typeof RelationSchema>;

/** `lineage add` and `lineage remove`. */
export function addLineageChanges(lineage: Command, context: ProgramContext): void {
  const add = withRelation(lineage.command("add <reference>").description("say what a version came from"));
  withSession(context, add, async (session, reference: string, flags: RelationFlags) => {
    const request = { relation: await relationOf(session, reference, flags) };
    const { relation } = await session.connection.lineage.addRelation(request, { signal: session.terminal.signal });
    if (session.json) session.printJson({ relation: relation && toJson(RelationSchema, relation) });
    else session.print(`${sentence(request.relation)}\n`);
    return undefined;
  });

  const remove = withRelation(lineage.command("remove <reference>").description("take back what was said with add"));
  withSession(context, remove, async (session, reference: string, flags: RelationFlags) => {
    const request = { relation: await relationOf(session, reference, flags) };
    await session.connection.lineage.removeRelation(request, { signal: session.terminal.signal });
    if (session.json) session.printJson({ removed: true });
    else session.print(`No longer: ${sentence(request.relation)}\n`);
    return undefined;
  });
}

/** A dataset as people write it; the artifact with or without `artifacts/`. */
export function datasetOf(name: string, artifact = "") {
  return { name, artifact: artifact === "" ? "" : `artifacts/${artifact.replace(/^artifacts\//, "")}` };
}

function withRelation(command: Command): Command {
  return command
    .option("--derived-from <version>", "made from it in another way: merged, pruned, distilled, converted")
    .option("--fine-tuned-from <version>", "its training began with the weights of this one")
    .option("--quantized-from <version>", "this one with numbers of fewer bits")
    .option("--trained-on <dataset>", "its training data, by a name of yours")
    .option("--trained-on-version <version>", "its training data, a version of this registry")
    .option("--evaluated-on <dataset>", "what it was measured on, by a name of yours")
    .option("--evaluated-on-version <version>", "what it was measured on, a version of this registry")
    .option("--artifact <digest>", "which bytes of the dataset");
}

async function relationOf(session: Session, reference: string, flags: RelationFlags): Promise<RelationInit> {
  const choices: [kind: RelationKind, version: string | undefined, dataset?: string | undefined][] = [
    [RelationKind.DERIVED_FROM, flags.derivedFrom],
    [RelationKind.FINE_TUNED_FROM, flags.fineTunedFrom],
    [RelationKind.QUANTIZED_FROM, flags.quantizedFrom],
    [RelationKind.TRAINED_ON, flags.trainedOnVersion],
    [RelationKind.TRAINED_ON, undefined, flags.trainedOn],
    [RelationKind.EVALUATED_ON, flags.evaluatedOnVersion],
    [RelationKind.EVALUATED_ON, undefined, flags.evaluatedOn],
  ];
  const given = choices.filter(([, version, dataset]) => version !== undefined || dataset !== undefined);
  const [choice] = given;
  if (choice === undefined || given.length > 1) {
    throw new UsageError("Say one thing that it came from, such as --derived-from iris@1.0.0 or --trained-on imdb.");
  }
  const [kind, version, dataset] = choice;
  if (version !== undefined && flags.artifact !== undefined) throw new UsageError("--artifact is about a dataset.");
  const source = await versionNamed(session, reference);
  const target =
    version === undefined
      ? ({ case: "dataset", value: datasetOf(dataset ?? "", flags.artifact) } as const)
      : ({ case: "version", value: await versionNamed(session, version) } as const);
  return { source, kind, target };
}

/** `iris@2.0.0 is fine-tuned from iris@1.0.0.` */
function sentence({ source = "", kind = RelationKind.UNSPECIFIED, target }: RelationInit): string {
  const name = target?.case === "version" ? shortName({ name: target.value }) : (target?.value?.name ?? "");
  const what = target?.case === "dataset" ? `the dataset ${name}` : name;
  return printable(`${shortName({ name: source })} is ${relationWords(kind)} ${what}.`);
}
