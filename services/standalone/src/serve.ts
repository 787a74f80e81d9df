import { randomBytes } from "node:crypto";
import { type ProgramContext, paint } from "@slipway/cli";
import { firstKey, hostApp, lockFolder, readTlsMaterial, runUntilStopped, SERVER_VERSION } from "@slipway/hosting";
import { readServerConfiguration, type ServerConfiguration, systemClock } from "@slipway/runtime";
import { compose } from "./composition.ts";
import { openEngines } from "./engines.ts";

/** Runs the server until SIGTERM or ctrl-C. Throws ConfigurationError and FolderInUse before anything is started. */
export async function serve({ terminal }: Pick<ProgramContext, "terminal">): Promise<void> {
  const configuration = readServerConfiguration(terminal.env);
  const { auth, dataFolder, documents, objects, endpoints, tls: files } = configuration;
  const tls = files === undefined ? undefined : readTlsMaterial(files, systemClock);
  await runUntilStopped(configuration, terminal.stderr, async (lifecycle, log) => {
    if (documents.engine === "sqlite") {
      const lock = lockFolder(dataFolder);
      lifecycle.add("folder lock", { close: () => lock[Symbol.dispose]() });
    }
    const key = auth === "open" ? undefined : firstKey(dataFolder, configuration.bootstrapKey);
    let address = "";
    const engines = await openEngines(configuration, log);
    lifecycle.add("engines", { close: () => engines.close() });
    const app = compose(
      engines,
      {
        open: auth === "open",
        bootstrapKey: key?.secret,
        serviceKey: randomBytes(32).toString("base64url"),
        publicUrl: configuration.publicUrl,
        serverVersion: SERVER_VERSION,
        endpoints: () => ({ metadata: address, artifact: address, workflow: address, ...endpoints }),
        workers: configuration.workers,
        collectMinutes: configuration.collectMinutes,
        allowPrivateHttp: configuration.allowPrivateHttp,
      },
      log,
    );
    const hosted = await hostApp({
      configuration,
      app,
      finders: [() => engines.find()],
      tls,
      anyHealthPort: false,
      onListening: (url) => {
        address = url;
      },
      lifecycle,
      log,
    });
    const places = documents.engine === "sqlite" && objects.engine === "file" ? dataFolder : placesOf(configuration);
    terminal.stdout.write(banner(terminal, configuration, { ...hosted, places, keyFile: key?.file }));
  });
}

/** Where the data is, without passwords. */
function placesOf({ documents, objects }: ServerConfiguration): string {
  const database = documents.engine === "sqlite" ? documents.folder : `MongoDB (${documents.prefix}-…)`;
  const bytes = objects.engine === "file" ? objects.folder : `${objects.endpoint} (${objects.bucketPrefix}-…)`;
  return `${database}, ${bytes}`;
}

interface Shown {
  url: string;
  healthUrl: string | undefined;
  missing: readonly string[];
  places: string;
  keyFile: string | undefined;
}

function banner(
  terminal: ProgramContext["terminal"],
  { auth, listen: { port } }: ServerConfiguration,
  { url, healthUrl, missing, places, keyFile }: Shown,
): string {
  const bold = (text: string) => paint(terminal, terminal.stdout, "bold", text);
  const access =
    auth === "open"
      ? "open: no keys are asked for, so only this machine can reach it"
      : `keys${keyFile === undefined ? "" : `: the first one is in ${keyFile}`}`;
  const elsewhere = port === 7000 ? "" : `SLIPWAY_URL=${url} `;
  const withKey = keyFile === undefined ? "" : `SLIPWAY_KEY=$(cat ${keyFile}) `;
  const waits = missing.map((what) => `  waits    ${what}\n`).join("");
  const state = missing.length === 0 ? "is ready" : "listens, and will be ready when nothing is missing";
  const health = healthUrl === undefined ? "" : `  health   ${healthUrl}\n`;
  return `
${bold(`Slipway ${SERVER_VERSION} ${state}.`)}
  address  ${url} (gRPC)
${waits}${health}  data     ${places}
  access   ${access}

Try in another terminal:
  ${elsewhere}${withKey}npx slipway push examples/iris --model iris

`;
}
