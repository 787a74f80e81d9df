import { stat } from "node:fs/promises";
import { toJson } from "@bufbuild/protobuf";
import { ClientError, type Connection } from "@slipway/client";
import { type Evaluation, EvaluationSchema } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { measuredByCounts, measuredByMetrics, pairsOf } from "../evaluation/measured-options.ts";
import type { ColumnNames } from "../evaluation/prediction-columns.ts";
import { predictionMessages } from "../evaluation/prediction-messages.ts";
import { printEvaluation } from "../evaluation/print-evaluation.ts";
import { resolvedName } from "../evaluation/resolved-name.ts";
import { progressBar } from "../progress-bar.ts";
import { collect } from "../repeatable-option.ts";
import { UsageError } from "../usage-error.ts";

interface EvaluateFlags extends ColumnNames {
  dataset: string;
  datasetArtifact?: string;
  counts?: string;
  metrics?: string;
  lowerIsBetter?: string[];
  predictions?: string;
  regression?: boolean;
  positive?: string;
  parameter?: string[];
}

export function addEvaluate(program: Command, context: ProgramContext): void {
  const command = program
    .command("evaluate <reference>")
    .description("record what a version scored: from counts, from a file of predictions, or as it is")
    .requiredOption("-d, --dataset <name>", "what it was evaluated on, such as imdb-test")
    .option("--dataset-artifact <digest>", "the bytes of the dataset, an artifact of the registry")
    .option("--counts <counts>", "of two classes: tp=80,tn=90,fp=10,fn=20")
    .option("--metrics <metrics>", "computed elsewhere: accuracy=0.9,bleu=31.5")
    .option("--lower-is-better <metric>", "of --metrics, one of which less is better; can be repeated", collect)
    .option("--predictions <file>", "CSV with a line for each row and the names of the columns in its first line")
    .option("--regression", "labels and predictions are numbers")
    .option("--positive <label>", "the class that precision, recall, f1 and scores are about")
    .option("--label-column <name>", "what is true (default: label)")
    .option("--prediction-column <name>", "what the version said (default: prediction, where there is one)")
    .option("--score-column <name>", "score of the positive class (default: score, where there is one)")
    .option("--weight-column <name>", "how much a row counts (default: weight, where there is one)")
    .option("--slice-column <name>", "the slice that a row is in (default: slice, where there is one)")
    .option("--parameter <key=value>", "how it was evaluated; can be repeated", collect);
  withSession(context, command, async (session, reference: string, flags: EvaluateFlags) => {
    const evaluation = await evaluate(session, reference, flags);
    if (session.json) session.printJson(toJson(EvaluationSchema, evaluation));
    else printEvaluation(session, evaluation);
    return undefined;
  });
}

async function evaluate(session: Session, reference: string, flags: EvaluateFlags): Promise<Evaluation> {
  const given = [flags.counts, flags.metrics, flags.predictions].filter((each) => each !== undefined);
  if (given.length !== 1) throw new UsageError("Give one of --counts, --metrics and --predictions.");
  const measured =
    flags.counts !== undefined
      ? measuredByCounts(flags.counts)
      : flags.metrics !== undefined
        ? measuredByMetrics(flags.metrics)
        : undefined;
  const described = {
    dataset: flags.dataset,
    datasetArtifact: flags.datasetArtifact === undefined ? "" : artifactName(flags.datasetArtifact),
    positiveLabel: flags.positive ?? "",
    parameters: Object.fromEntries(pairsOf(flags.parameter ?? [], "--parameter")),
    requestId: crypto.randomUUID(),
  };
  const parent = await resolvedName(session.connection, reference, { signal: session.terminal.signal });
  if (measured === undefined) return sendPredictions(session, { ...described, parent }, flags);
  const { evaluation } = await session.connection.evaluations.recordEvaluation(
    { ...described, parent, measured, lowerIsBetter: flags.lowerIsBetter ?? [] },
    { signal: session.terminal.signal },
  );
  return recorded(evaluation);
}

type Header = Parameters<typeof predictionMessages>[0];

async function sendPredictions(session: Session, header: Header, flags: EvaluateFlags): Promise<Evaluation> {
  const { terminal, connection } = session;
  const path = flags.predictions ?? "";
  const totalBytes = await sizeOf(path);
  const bar = progressBar(terminal, () => performance.now());
  let doneBytes = 0;
  let unreadable: unknown;
  const onBytes = (bytes: number): void => {
    doneBytes += bytes;
    if (!session.json) bar.onProgress({ phase: "sending", doneBytes, skippedBytes: 0, totalBytes });
  };
  const messages = async function* () {
    try {
      yield* predictionMessages(header, { path, columns: flags, regression: flags.regression ?? false, onBytes });
    } catch (error) {
      unreadable = error;
      throw error;
    }
  };
  try {
    return await send(connection, messages(), terminal.signal);
  } catch (error) {
    // What broke the stream on this side says more than how the call ended.
    throw unreadable ?? error;
  } finally {
    bar.finish();
  }
}

async function send(
  { evaluations }: Connection,
  messages: ReturnType<typeof predictionMessages>,
  signal: AbortSignal,
): Promise<Evaluation> {
  return recorded((await evaluations.recordPredictions(messages, { signal })).evaluation);
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isFile()) return found.size;
  } catch (error) {
    throw new ClientError(`${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  throw new ClientError(`${path} is not a file.`);
}

function artifactName(digest: string): string {
  return digest.startsWith("artifacts/") ? digest : `artifacts/${digest}`;
}

function recorded(evaluation: Evaluation | undefined): Evaluation {
  if (evaluation === undefined) throw new ClientError("The server answered without an evaluation.");
  return evaluation;
}
