import type { BadInputCase } from "./bad-input-case.ts";

/** A model with a name that is refused. */
const named = (name: string, problem: string): BadInputCase => ({
  what: `a model named ${JSON.stringify(name.slice(0, 12))}`,
  call: ({ connection }) => connection.models.createModel({ model: { name: `models/${name}` } }),
  error: "INVALID_ARGUMENT MODEL_NAME_INVALID",
  text: new RegExp(
    `^A model cannot be named ".*": ${problem}\\. Use 1 to 256 visible characters, without / : @ % and not only dots\\.$`,
  ),
  fields: ["model.name"],
});

const alias = (name: string, problem: string): BadInputCase => ({
  what: `the alias ${name}`,
  call: ({ connection }) => connection.models.setAlias({ model: "models/iris", alias: name, version: "1.0.0" }),
  error: "INVALID_ARGUMENT ALIAS_INVALID",
  text: `"${name}" cannot be an alias: ${problem}. Use a-z, 0-9, _ and -, begin with a letter, and avoid stages, "latest" and v<digits>.`,
  fields: ["alias"],
});

const number = (value: string, problem: string): BadInputCase => ({
  what: `the number ${value}`,
  call: ({ connection, artifact }) =>
    connection.versions.createVersion({ parent: "models/iris", artifact, numbering: { case: "number", value } }),
  error: "INVALID_ARGUMENT VERSION_NUMBER_INVALID",
  text: `"${value}" is not a version number: ${problem}. Use MAJOR.MINOR.PATCH as in semver 2.0.0, such as 1.2.0.`,
  fields: ["number"],
});

/** Names of every kind, and numbers of versions. */
export const NAMES_AND_NUMBERS: readonly BadInputCase[] = [
  named("a/b", "it contains /"),
  named("a:b", "it contains :"),
  named("a@b", "it contains @"),
  named("a%20b", "it contains %"),
  named("a\u0000b", "it contains the invisible character U\\+0000"),
  named("a\u001bb", "it contains the invisible character U\\+001B"),
  named("a\u200bb", "it contains the invisible character U\\+200B"),
  named("a\u202eb", "it contains the invisible character U\\+202E"),
  named("x".repeat(257), "it has 257 characters"),
  named(" a", "it begins or ends with space"),
  named(".", "it means a folder in paths"),
  named("..", "it means a folder in paths"),
  {
    what: "a name without its collection",
    call: ({ connection }) => connection.models.getModel({ name: "iris" }),
    error: "INVALID_ARGUMENT RESOURCE_NAME_INVALID",
    text: '"iris" is not a valid name here: it does not begin with models/. The form is models/{model}.',
    fields: ["name"],
  },
  {
    what: "a new name without its collection",
    call: ({ connection }) => connection.models.renameModel({ name: "models/iris", newName: "lily" }),
    error: "INVALID_ARGUMENT RESOURCE_NAME_INVALID",
    text: '"lily" is not a valid name here: it does not begin with models/. The form is models/{model}.',
    fields: ["new_name"],
  },
  {
    what: "the name of a model where its version is meant",
    call: ({ connection }) => connection.versions.updateVersion({ version: { name: "models/iris" } }),
    error: "INVALID_ARGUMENT RESOURCE_NAME_INVALID",
    text: /^"models\/iris" is not a valid name here: it has another number of parts\./,
    fields: ["version.name"],
  },
  {
    what: "a digest where an artifact is meant",
    call: ({ connection }) => connection.versions.createVersion({ parent: "models/iris", artifact: "0123" }),
    error: "INVALID_ARGUMENT RESOURCE_NAME_INVALID",
    text: /^"0123" is not a valid name here: .* The form is artifacts\/\{digest\}\.$/,
    fields: ["artifact"],
  },
  {
    what: "an alias for something that is no number",
    call: ({ connection }) => connection.models.setAlias({ model: "models/iris", alias: "best", version: "one" }),
    error: "INVALID_ARGUMENT VERSION_NUMBER_INVALID",
    text: /^"one" is not a version number: /,
    fields: ["version"],
  },
  {
    what: "a base that is no number",
    call: ({ connection, artifact }) =>
      connection.versions.createVersion({ parent: "models/iris", artifact, base: "first" }),
    error: "INVALID_ARGUMENT VERSION_NUMBER_INVALID",
    text: /^"first" is not a version number: /,
    fields: ["base"],
  },
  {
    what: "a base that is no version",
    call: ({ connection, artifact }) =>
      connection.versions.createVersion({ parent: "models/iris", artifact, base: "7.0.0" }),
    error: "INVALID_ARGUMENT VERSION_BASE_NOT_FOUND",
    text: "The base 7.0.0 is no version of models/iris. Choose one from `slipway versions list`.",
    fields: ["base"],
  },
  {
    what: "a run about a version that is no number",
    call: async ({ connection }) => {
      const steps = [{ id: "look", action: { case: "inspect" as const, value: {} } }];
      await connection.workflows.applyWorkflow({ workflow: { name: "workflows/fine", steps } });
      await connection.runs.startRun({ workflow: "workflows/fine", subject: "models/iris/versions/one" });
    },
    error: "INVALID_ARGUMENT VERSION_NUMBER_INVALID",
    text: /^"one" is not a version number: /,
    fields: ["subject"],
  },
  {
    what: "a principal in capitals",
    call: ({ connection }) => connection.access.createPrincipal({ principal: { name: "users/Ada" } }),
    error: "INVALID_ARGUMENT PRINCIPAL_NAME_INVALID",
    text: /^A principal cannot be named "users\/Ada": it has another form\. /,
    fields: ["principal.name"],
  },
  {
    what: "a service account without an owner",
    call: ({ connection }) => connection.access.createPrincipal({ principal: { name: "serviceAccounts/ci" } }),
    error: "INVALID_ARGUMENT PRINCIPAL_NAME_INVALID",
    text: /^A principal cannot be named "serviceAccounts\/ci": a service account needs an owner such as users\/alice\. /,
    fields: ["principal.owner"],
  },
  {
    what: "a name of another tenant",
    call: ({ stranger }) => stranger.models.getModel({ name: "tenants/default/models/iris" }),
    error: "PERMISSION_DENIED TENANT_FORBIDDEN",
    text: "tenants/default/models/iris belongs to another tenant, which does not share it. Use names of your own tenant, or ask for it to be shared.",
  },
  alias("latest", "it means the highest stable published version"),
  alias("development", "it is a stage"),
  alias("v1", "it looks like a version number"),
  alias("x", "it is a range of versions"),
  alias("Champion", "it does not match [a-z][a-z0-9_-]*"),
  number("1.0", "it does not have that form"),
  number("v1.0.0", "it has characters around the number"),
  number("01.0.0", "it does not have that form"),
  number("1.0.0+build", "it has build metadata"),
  number("latest", "it does not have that form"),
  {
    what: "a number that exists",
    call: ({ connection, artifact }) =>
      connection.versions.createVersion({
        parent: "models/iris",
        artifact,
        numbering: { case: "number", value: "1.0.0" },
      }),
    error: "ALREADY_EXISTS VERSION_NUMBER_TAKEN",
    text: "The number 1.0.0 is taken, maybe by a deleted version; numbers are never reused. Use 1.0.2, or let a bump choose.",
  },
  {
    what: "a number that was deleted",
    call: ({ connection, artifact }) =>
      connection.versions.createVersion({
        parent: "models/iris",
        artifact,
        numbering: { case: "number", value: "1.0.1" },
      }),
    error: "ALREADY_EXISTS VERSION_NUMBER_TAKEN",
    text: "The number 1.0.1 is taken, maybe by a deleted version; numbers are never reused. Use 1.0.2, or let a bump choose.",
  },
  {
    what: "a number that promises too little",
    call: ({ connection, otherArtifact }) =>
      connection.versions.createVersion({
        parent: "models/iris",
        artifact: otherArtifact,
        numbering: { case: "number", value: "1.1.0" },
      }),
    error: "INVALID_ARGUMENT VERSION_BUMP_TOO_SMALL",
    text: "1.1.0 promises less than the change of the signature since 1.0.0: inputs.X type changed from float32 to float64. Use at least 2.0.0.",
    fields: ["signature.inputs.X"],
  },
  {
    what: "a selector that is none",
    call: ({ connection }) => connection.versions.resolveVersion({ model: "models/iris", selector: "!!" }),
    error: "INVALID_ARGUMENT SELECTOR_INVALID",
    text: '"!!" is no selector: it is no number, range, stage or alias. Use an exact version, a semver range, "latest", a stage or an alias.',
    fields: ["selector"],
  },
];
