import { toJson } from "@bufbuild/protobuf";
import {
  PendingReviewSchema,
  type Review,
  ReviewSchema,
  ReviewVerdict,
} from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import { VersionSchema, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { type ProgramContext, withSession } from "../command.ts";
import { formatTime } from "../format-time.ts";
import { listCommand } from "../list-command.ts";
import { versionNamed } from "../named-version.ts";
import { UsageError } from "../usage-error.ts";
import { modelResource, shortName } from "../version-name.ts";
import { addReviewPolicy } from "./review-policy.ts";

export function addReviews(program: Command, context: ProgramContext): void {
  const reviews = program.command("reviews").description("decide which versions are published");

  const pending = reviews
    .command("pending [model]")
    .description("list the versions that wait for reviewers, of a model or of all models");
  listCommand(context, pending, {
    plural: "pendingReviews",
    schema: PendingReviewSchema,
    head: ["VERSION", "APPROVALS", "MISSING", "CREATED", "BY"],
    row: ({ version, reviews: given, requiredApprovals, missingFields }) => [
      version === undefined ? "" : shortName(version),
      `${given.length} of ${requiredApprovals}`,
      missingFields.join(" "),
      formatTime(version?.createTime),
      version?.creator ?? "",
    ],
    async read({ reviews: service }, page, _flags: object, options, model: string | undefined) {
      const found = await service.listPendingReviews({ ...page, parent: modelResource(model ?? "-") }, options);
      return { items: found.pendingReviews, nextPageToken: found.nextPageToken };
    },
  });

  const list = reviews.command("list <reference>").description("list what reviewers said about a version: iris@1.2.0");
  withSession(context, list, async (session, reference: string) => {
    const request = { version: await versionNamed(session, reference) };
    const found = await session.connection.reviews.listReviews(request, { signal: session.terminal.signal });
    if (session.json) session.printJson({ reviews: found.reviews.map((review) => toJson(ReviewSchema, review)) });
    else session.printTable(["REVIEWER", "VERDICT", "SUBMITTED", "COMMENT"], found.reviews.map(rowOf));
    return undefined;
  });

  const submit = reviews
    .command("submit <reference>")
    .description("approve or reject a version that waits: iris@1.2.0; your last verdict counts (reviewers)")
    .option("--approve", "it may be published")
    .option("--reject", "it must not be published; needs a comment")
    .option("--comment <text>", "why");
  withSession(context, submit, async (session, reference: string, flags: SubmitFlags) => {
    const verdict = verdictOf(flags);
    const version = await versionNamed(session, reference);
    const request = { version, verdict, comment: flags.comment ?? "" };
    const reply = await session.connection.reviews.submitReview(request, { signal: session.terminal.signal });
    if (reply.version === undefined || reply.review === undefined) return undefined;
    if (session.json) {
      session.printJson({
        review: toJson(ReviewSchema, reply.review),
        version: toJson(VersionSchema, reply.version),
      });
    } else {
      const name = printable(shortName(reply.version));
      const waits = reply.version.state === VersionState.READY ? "; it waits for more approvals" : "";
      session.print(`${name} is ${VersionState[reply.version.state]}${waits}.\n`);
    }
    return undefined;
  });

  addReviewPolicy(reviews, context);
}

interface SubmitFlags {
  approve?: boolean;
  reject?: boolean;
  comment?: string;
}

function verdictOf({ approve = false, reject = false }: SubmitFlags): ReviewVerdict {
  if (approve === reject) throw new UsageError("Give --approve or --reject.");
  return approve ? ReviewVerdict.APPROVE : ReviewVerdict.REJECT;
}

function rowOf({ reviewer, verdict, submitTime, comment }: Review): string[] {
  return [reviewer, ReviewVerdict[verdict].toLowerCase(), formatTime(submitTime), comment];
}
