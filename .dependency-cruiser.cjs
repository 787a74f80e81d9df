// The allowed arrows between files: CONTRIBUTING.md draws them, test/tools/arrows.test.ts proves each rule once.
const { globSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

/** Test code may reach further: it composes, compares adapters and uses devDependencies. */
const TESTS = "[.]test[.]ts$|^test/|/(contract|testing)/|/contract[^/]*[.]ts$";
/** Where applications are put together. */
const ROOTS = "^services/[^/]+/src/main[.]ts$|^services/standalone/";
const ADAPTERS =
  "^libs/documents/src/(sqlite|mongodb)|^libs/objects/src/(filesystem|s3)|^libs/events/src/(embedded|nats)";
/** Opens the engines that the configuration names, and runs what the roots put together. */
const HOSTING = "^libs/hosting/";

/** One rule per workspace: it imports only the workspaces that its package.json lists. */
const workspaces = globSync("{libs,services}/*/package.json", { cwd: __dirname }).map((file) => {
  const folder = file.replace(/[\\/]package[.]json$/, "").replaceAll("\\", "/");
  return { folder, manifest: JSON.parse(readFileSync(join(__dirname, file), "utf8")) };
});

function listedOnly({ folder, manifest }) {
  const listed = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const allowed = [
    folder,
    ...workspaces.filter((other) => listed.includes(other.manifest.name)).map((other) => other.folder),
  ];
  return {
    name: "listed-workspaces-only",
    comment: "A workspace imports only the workspaces that its package.json lists.",
    severity: "error",
    from: { path: `^${folder}/` },
    to: { path: "^(libs|services)/[^/]+/", pathNot: `^(${allowed.join("|")})/` },
  };
}

/** Rooms inside a service, by the file's name. What has no room of its own is a rule; ACTIVE works apart from a call. */
const FEATURE = "^services/[^/]+/src/[^/]+/";
const SERVICE = `${FEATURE}.*-service[.]ts$`;
const STORE = `${FEATURE}.*-store[.]ts$`;
const ACTIVE = `${FEATURE}.*(-consumer|-worker|-executor|-sweeper|-reconciler|-collector|-client|across-tenants)[.]ts$`;
const COMPOSITION = "^services/[^/]+/src/(app|main|index)[.]ts$";
const PORTS = "^libs/(documents|objects)/";
const INPUT_AND_OUTPUT =
  "^(node:)?(fs|fs/promises|net|http|http2|https|tls|dns|child_process|worker_threads|sqlite|stream)$";

module.exports = {
  forbidden: [
    {
      name: "could-not-resolve",
      comment: "An import that nothing resolves hides from every other rule.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    ...workspaces.map(listedOnly),
    {
      name: "listed-packages-only",
      comment: "A package from npm stands in the workspace's own package.json (or, for tests, in the root's).",
      severity: "error",
      from: { path: "^(libs|services)/", pathNot: TESTS },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "npm-dev"] },
    },
    {
      name: "other-workspaces-by-name",
      comment: "Another workspace is reached through what its package.json exports, never by a relative path.",
      severity: "error",
      from: { path: "^((libs|services)/[^/]+|test)/" },
      to: { path: "^(libs|services)/[^/]+/", pathNot: "^$1/", dependencyTypes: ["local"] },
    },
    {
      name: "libraries-never-import-services",
      severity: "error",
      from: { path: "^libs/" },
      to: { path: "^services/" },
    },
    {
      name: "services-never-import-each-other",
      comment: "They call each other through libs/gen and libs/rpc; standalone puts them together.",
      severity: "error",
      from: { path: "^services/([^/]+)/", pathNot: "^services/standalone/" },
      to: { path: "^services/", pathNot: "^services/$1/" },
    },
    {
      name: "applications-from-roots-only",
      comment: "A service's app.ts is composed by its own main.ts, by standalone and by tests.",
      severity: "error",
      from: { pathNot: `${COMPOSITION}|${ROOTS}|${TESTS}` },
      to: { path: COMPOSITION },
    },
    {
      name: "adapters-from-hosting-only",
      comment: "Everyone else is given the port.",
      severity: "error",
      from: { path: "^(libs|services)/", pathNot: `${HOSTING}|${TESTS}|${ADAPTERS}` },
      to: { path: ADAPTERS },
    },
    {
      name: "hosting-from-roots-only",
      comment: "A service does not know which process it runs in: only what starts the process does.",
      severity: "error",
      from: { path: "^(libs|services)/", pathNot: `${ROOTS}|${HOSTING}|${TESTS}` },
      to: { path: HOSTING },
    },
    {
      name: "service-to-rules-and-stores",
      comment: "A handler parses, calls and converts: no other handler, no port.",
      severity: "error",
      from: { path: SERVICE },
      to: { path: `${SERVICE}|${PORTS}` },
    },
    {
      name: "store-to-rules-and-documents",
      severity: "error",
      from: { path: STORE },
      to: { path: `${SERVICE}|${STORE}|${ACTIVE}` },
    },
    {
      name: "work-below-handlers",
      comment: "What works apart from a call serves handlers and imports none.",
      severity: "error",
      from: { path: ACTIVE },
      to: { path: SERVICE },
    },
    {
      name: "rules-to-rules",
      comment: "Rules are pure: no handler, no store, no port, no input or output.",
      severity: "error",
      from: { path: FEATURE, pathNot: `${SERVICE}|${STORE}|${ACTIVE}|${TESTS}|^services/standalone/` },
      to: { path: `${SERVICE}|${STORE}|${ACTIVE}|${PORTS}|^libs/events/|${INPUT_AND_OUTPUT}` },
    },
    {
      name: "no-tests-in-code",
      severity: "error",
      from: { path: "^(libs|services)/", pathNot: TESTS },
      to: { path: TESTS },
    },
  ],
  options: {
    // Without exportsFields and conditionNames an import of another workspace resolves to nothing and no rule fires.
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: join(__dirname, "tsconfig.json") },
    combinedDependencies: false,
    doNotFollow: { path: "node_modules|_pb[.](js|d[.]ts)$" },
    exclude: { path: "^test/clients/" },
  },
};
