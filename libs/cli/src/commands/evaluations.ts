import { toJson } from "@bufbuild/protobuf";
import { ClientError } from "@slipway/client";
import { EvaluationSchema, EvaluationSource } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import {
  CompareEvaluationsResponseSchema,
  type JudgedMetric,
  MetricVerdict,
} from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { formatHeadlines, formatInterval, formatMetric, printEvaluation } from "../evaluation/print-evaluation.ts";
import { resolvedName } from "../evaluation/resolved-name.ts";
import { formatTime } from "../format-time.ts";
import { listCommand } from "../list-command.ts";
import { paint } from "../terminal.ts";

export function addEvaluations(program: Command, context: ProgramContext): void {
  const evaluations = program.command("evaluations").description("list, show and compare what versions scored");

  const list = evaluations
    .command("list <reference>")
    .description("list the evaluations of a version: iris@1.2.0, iris@latest")
    .option("--filter <filter>", 'such as: dataset = "imdb-test" AND source = VERIFIED')
    .option("--order-by <field>", "create_time or row_count; ' desc' behind it");
  listCommand(context, list, {
    plural: "evaluations",
    schema: EvaluationSchema,
    head: ["EVALUATION", "DATASET", "SOURCE", "ROWS", "METRICS", "RECORDED", "BY"],
    row: (evaluation) => [
      evaluation.uid,
      evaluation.dataset,
      EvaluationSource[evaluation.source],
      evaluation.rowCount === 0n ? "" : String(evaluation.rowCount),
      formatHeadlines(evaluation.metrics),
      formatTime(evaluation.createTime),
      evaluation.creator,
    ],
    async read(connection, page, flags: { filter?: string; orderBy?: string }, options, reference: string) {
      const parent = await resolvedName(connection, reference, options);
      const { filter = "", orderBy = "" } = flags;
      const found = await connection.evaluations.listEvaluations({ ...page, parent, filter, orderBy }, options);
      return { items: found.evaluations, nextPageToken: found.nextPageToken };
    },
  });

  const show = evaluations
    .command("show <reference> [evaluation]")
    .description("show an evaluation of a version; without its id the latest");
  withSession(context, show, async (session, reference: string, uid: string | undefined) => {
    const { connection, terminal } = session;
    const options = { signal: terminal.signal };
    const parent = await resolvedName(connection, reference, options);
    const evaluation =
      uid === undefined
        ? (await connection.evaluations.listEvaluations({ parent, pageSize: 1, orderBy: "create_time desc" }, options))
            .evaluations[0]
        : (await connection.evaluations.getEvaluation({ name: `${parent}/evaluations/${uid}` }, options)).evaluation;
    if (evaluation === undefined) {
      throw new ClientError(`${reference} has no evaluation. Record one with \`slipway evaluate\`.`);
    }
    if (session.json) session.printJson(toJson(EvaluationSchema, evaluation));
    else printEvaluation(session, evaluation);
    return undefined;
  });

  const compare = evaluations
    .command("compare <baseline> <candidate>")
    .description("say of each metric whether the candidate is better: iris@production iris@latest")
    .option(
      "-d, --dataset <name>",
      "default: the primary dataset of the candidate's model, or that of its first evaluation",
    )
    .option("--slice <slice>", "compare a slice of it");
  withSession(
    context,
    compare,
    async (session, first: string, second: string, flags: { dataset?: string; slice?: string }) => {
      const { connection, terminal } = session;
      const options = { signal: terminal.signal };
      const { dataset = "", slice = "" } = flags;
      const baseline = await resolvedName(connection, first, options);
      const candidate = await resolvedName(connection, second, options);
      const request = { baseline, candidate, dataset, slice };
      const found = await connection.evaluations.compareEvaluations(request, options);
      if (session.json) {
        session.printJson(toJson(CompareEvaluationsResponseSchema, found));
        return undefined;
      }
      session.printFields([
        ["dataset", found.dataset],
        ["slice", slice],
        ["baseline", shortNameOf(found.baselineEvaluation)],
        ["candidate", shortNameOf(found.candidateEvaluation)],
      ]);
      session.print("\n");
      session.printTable(
        ["METRIC", "BASELINE", "CANDIDATE", "DIFFERENCE", "95 % INTERVAL", "VERDICT"],
        found.metrics.map(rowOf),
      );
      printVerdict(session, found.metrics);
      return undefined;
    },
  );
}

function rowOf({ metric, baseline, candidate, difference, interval, verdict }: JudgedMetric): string[] {
  const sign = difference > 0 ? "+" : "";
  return [
    metric,
    formatMetric(baseline),
    formatMetric(candidate),
    `${sign}${formatMetric(difference)}`,
    formatInterval(interval),
    MetricVerdict[verdict].replace("_", " "),
  ];
}

function printVerdict({ terminal, print }: Session, metrics: readonly JudgedMetric[]): void {
  const named = (wanted: MetricVerdict) =>
    metrics.filter(({ verdict }) => verdict === wanted).map(({ metric }) => metric);
  const [better, worse] = [named(MetricVerdict.BETTER), named(MetricVerdict.WORSE)];
  const { stdout } = terminal;
  print("\n");
  if (better.length > 0) print(`${paint(terminal, stdout, "green", `Better: ${better.join(", ")}`)}\n`);
  if (worse.length > 0) print(`${paint(terminal, stdout, "red", `Worse: ${worse.join(", ")}`)}\n`);
  if (better.length + worse.length === 0) print("Nothing shows that one is better than the other.\n");
}

/** `iris@1.0.0, evaluation 0193…`. */
function shortNameOf(name: string): string {
  return name.replace(/^models\/(.+)\/versions\/([^/]+)\/evaluations\/(.+)$/, "$1@$2, evaluation $3");
}
