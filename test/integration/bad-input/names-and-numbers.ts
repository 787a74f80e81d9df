import type { BadInputCase } from "./bad-input-case.ts";

/** A model with a name that is refused. */
const named = (name: string, problem: string): BadInputCase => ({
  what: `a model named ${JSON.stringify(name.slice(0, 12))}`,
  call: ({ connection }) => connection.models.createModel({ model: { name: `models/${name}` } }),
  error: "INVALID_ARGUMENT MODEL_NAME_INVALID",
  text: new RegExp(
    `^A model cannot be named ".*": ${problem}\\. Use 1 to 256 visible characters, without / : @ % and not only dots\\.$`,
  ),
});

const alias = (name: string, problem: string): BadInputCase => ({
  what: `the alias ${name}`,
  call: ({ connection }) => connection.models.setAlias({ model: "models/iris", alias: name, version: "1.0.0" }),
  error: "INVALID_ARGUMENT ALIAS_INVALID",
  text: `"${name}" cannot be an alias: ${problem}. Use a-z, 0-9, _ and -, begin with a letter, and avoid stages, "latest" and v<digits>.`,
});

const number = (value: string, problem: string): BadInputCase => ({
  what: `the number ${value}`,
  call: ({ connection, artifact }) =>
    connection.versions.createVersion({ parent: "models/iris", artifact, numbering: { case: "number", value } }),
  error: "INVALID_ARGUMENT VERSION_NUMBER_INVALID",
  text: `"${value}" is not a version number: ${problem}. Use MAJOR.MINOR.PATCH as in semver 2.0.0, such as 1.2.0.`,
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
  },
  {
    what: "a name of another tenant",
    call: ({ stranger }) => stranger.models.getModel({ name: "tenants/default/models/iris" }),
    error: "PERMISSION_DENIED TENANT_FORBIDDEN",
    text: "tenants/default/models/iris belongs to another tenant, which shares nothing with yours. Use names of your own tenant.",
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
  },
  {
    what: "a selector that is none",
    call: ({ connection }) => connection.versions.resolveVersion({ model: "models/iris", selector: "!!" }),
    error: "INVALID_ARGUMENT SELECTOR_INVALID",
    text: '"!!" is no selector: it is no number, range, stage or alias. Use an exact version, a semver range, "latest", a stage or an alias.',
  },
];
