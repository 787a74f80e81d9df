import { Command, Help } from "commander";
import type { ProgramContext } from "./command.ts";
import { addAliases } from "./commands/aliases.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEvaluate } from "./commands/evaluate.ts";
import { addEvaluations } from "./commands/evaluations.ts";
import { addEvents } from "./commands/events.ts";
import { addGc } from "./commands/gc.ts";
import { addHistory } from "./commands/history.ts";
import { addKeys } from "./commands/keys.ts";
import { addLineage } from "./commands/lineage.ts";
import { addModels } from "./commands/models.ts";
import { addPolicies } from "./commands/policies.ts";
import { addPrincipals } from "./commands/principals.ts";
import { addPromote } from "./commands/promote.ts";
import { addPull } from "./commands/pull.ts";
import { addPush } from "./commands/push.ts";
import { addRetention } from "./commands/retention.ts";
import { addReviews } from "./commands/reviews.ts";
import { addRuns } from "./commands/runs.ts";
import { addSearch } from "./commands/search.ts";
import { addTenants } from "./commands/tenants.ts";
import { addTransitions } from "./commands/transitions.ts";
import { addVersions } from "./commands/versions.ts";
import { addWhoAmI } from "./commands/whoami.ts";
import { addWorkflows } from "./commands/workflows.ts";

/** The commands of `slipway`, but for `serve`, which the standalone service adds. */
export function createProgram(context: ProgramContext): Command {
  const help = new Help();
  const program = new Command("slipway")
    .description("A model registry: from a folder to production and back.")
    .version("0.1.0", "--version", "show the version")
    .showHelpAfterError("(see --help)")
    .configureHelp({
      optionDescription: (option) => help.optionDescription(option) + (option.mandatory ? " (required)" : ""),
    })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.terminal.stdout.write(text),
      writeErr: (text) => context.terminal.stderr.write(text),
    })
    .addHelpText(
      "after",
      `
Examples:
  slipway push ./iris --model iris
  slipway versions list iris
  slipway search spam classifier --filter 'stage = production'
  slipway pull iris@latest
Environment:
  SLIPWAY_URL   address of the server (default http://127.0.0.1:7000)
  SLIPWAY_KEY   your key, where the server asks for one
  SLIPWAY_HOME  where unfinished pushes are remembered (default: the user's state folder)
Exit codes:
  0 done, 1 failed, 2 wrong command line, 3 the version was rejected, 4 not found,
  5 forbidden, 6 no server answers, 130 interrupted`,
    );
  for (const add of [
    addPush,
    addPull,
    addModels,
    addAliases,
    addVersions,
    addPromote,
    addTransitions,
    addHistory,
    addPolicies,
    addReviews,
    addSearch,
    addLineage,
    addEvaluate,
    addEvaluations,
    addRetention,
    addGc,
    addWorkflows,
    addRuns,
    addEvents,
    addKeys,
    addPrincipals,
    addTenants,
    addWhoAmI,
    addDoctor,
  ]) {
    add(program, context);
  }
  return program;
}
