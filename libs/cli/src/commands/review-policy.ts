import { toJson } from "@bufbuild/protobuf";
import { type ReviewPolicy, ReviewPolicySchema } from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { formatTime } from "../format-time.ts";
import { collect } from "../repeatable-option.ts";
import { UsageError } from "../usage-error.ts";
import { modelResource } from "../version-name.ts";

/** `reviews policy`. */
export function addReviewPolicy(reviews: Command, context: ProgramContext): void {
  const policy = reviews.command("policy").description("say what publishing a version asks for");

  const show = policy.command("show [model]").description("show the policy that holds for the tenant, or for a model");
  withSession(context, show, async (session, model: string | undefined) => {
    const request = { name: nameOf(model) };
    print(session, (await session.connection.reviews.getReviewPolicy(request, optionsOf(session))).policy);
    return undefined;
  });

  const set = policy
    .command("set [model]")
    .description("ask for approvals, for the tenant, or for a model in its place (administrators)")
    .requiredOption("--approvals <count>", "persons who must approve, 0 to 20; 0: no review")
    .option("--require <field>", "description, author, labels or tags.<key> must be filled in (repeatable)", collect);
  withSession(
    context,
    set,
    async (session, model: string | undefined, flags: { approvals: string; require?: string[] }) => {
      const requiredApprovals = Number(flags.approvals);
      if (!Number.isInteger(requiredApprovals)) {
        throw new UsageError(`--approvals ${flags.approvals} is not a whole number.`);
      }
      const sent = { name: nameOf(model), requiredApprovals, requiredFields: flags.require ?? [] };
      const options = optionsOf(session);
      print(session, (await session.connection.reviews.updateReviewPolicy({ policy: sent }, options)).policy);
      return undefined;
    },
  );

  const unset = policy
    .command("unset [model]")
    .description("forget the policy of the tenant, or of a model; shows what holds then (administrators)");
  withSession(context, unset, async (session, model: string | undefined) => {
    const request = { name: nameOf(model) };
    print(session, (await session.connection.reviews.deleteReviewPolicy(request, optionsOf(session))).policy);
    return undefined;
  });
}

function nameOf(model: string | undefined): string {
  return model === undefined ? "reviewPolicy" : `${modelResource(model)}/reviewPolicy`;
}

function optionsOf({ terminal }: Session) {
  return { signal: terminal.signal };
}

function print(session: Session, policy: ReviewPolicy | undefined): void {
  if (policy === undefined) return;
  if (session.json) session.printJson(toJson(ReviewPolicySchema, policy));
  else {
    session.printFields([
      ["policy", policy.name],
      ["approvals", String(policy.requiredApprovals)],
      ["fields", policy.requiredFields.join(" ")],
      ["updated", formatTime(policy.updateTime)],
      ["by", policy.updater],
    ]);
  }
}
