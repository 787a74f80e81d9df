import { type Environment, EnvironmentReader } from "./environment-reader.ts";
import { allowsPlaintext, readShared, type ServerConfiguration } from "./server-configuration.ts";
import { serviceKeyProblem } from "./service-key.ts";
import { readServiceUrls, SERVICE_PORTS, type ServiceName, type ServiceUrls } from "./service-urls.ts";

/** What a process needs to know that runs one service, the others being elsewhere. */
export interface ServiceConfiguration extends ServerConfiguration {
  service: ServiceName;
  /** `SLIPWAY_SERVICE_KEY`: the secret that the services show each other, the same for all. */
  serviceKey: string;
  /** `SLIPWAY_METADATA_URL`, `SLIPWAY_ARTIFACT_URL`, `SLIPWAY_WORKFLOW_URL`; default: the ports of this machine. */
  urls: ServiceUrls;
  /** No address was asked for: where the usual one for health is taken, any other will do. */
  anyHealthPort: boolean;
}

const HEALTH_LISTEN = "127.0.0.1:9464";

/**
 * Reads the configuration of a service that runs alone: everything of a server, and where the other services are. Only
 * engines that processes can share will do. Throws a ConfigurationError that lists everything that is wrong.
 */
export function readServiceConfiguration(environment: Environment, service: ServiceName): ServiceConfiguration {
  const reader = new EnvironmentReader(environment);
  const usesObjects = service === "artifact";
  const defaults = { listen: `127.0.0.1:${SERVICE_PORTS[service]}`, healthListen: HEALTH_LISTEN, usesObjects };
  const shared = readShared(reader, defaults);
  refuseUnshared(reader, service, shared);
  const urls = readServiceUrls(reader, shared.tls === undefined ? "http" : "https", allowsPlaintext(reader));
  const serviceKey = reader.secret("SLIPWAY_SERVICE_KEY");
  const keyProblem =
    serviceKey === undefined
      ? "is missing. Give all services the same one; make it with: openssl rand -hex 32"
      : serviceKeyProblem(serviceKey);
  if (keyProblem !== undefined) reader.problem("SLIPWAY_SERVICE_KEY", keyProblem);
  if (service === "metadata" && shared.auth === "keys" && shared.bootstrapKey === undefined) {
    reader.problem("SLIPWAY_BOOTSTRAP_KEY", "is missing. docs/operations.md says how to make the first key.");
  }
  reader.finish();
  const anyHealthPort = reader.text("SLIPWAY_HEALTH_LISTEN") === undefined;
  return { ...shared, service, serviceKey: serviceKey as string, urls, anyHealthPort };
}

function refuseUnshared(
  reader: EnvironmentReader,
  service: ServiceName,
  { documents, events }: Pick<ServerConfiguration, "documents" | "events">,
): void {
  const together = "or run all services in one process with: slipway serve";
  // A setting that could not be parsed has its own problem already.
  if (documents?.engine === "sqlite") {
    const remedy = `Use mongodb://host:port/PREFIX?replicaSet=NAME, ${together}.`;
    reader.problem("SLIPWAY_DOCUMENTS", `a service alone needs a database that others can reach. ${remedy}`);
  }
  if (events?.engine === "embedded") {
    reader.problem(
      "SLIPWAY_EVENTS",
      `a service alone needs a bus between processes. Use nats://host:port, ${together}.`,
    );
  }
  if (service === "artifact" && reader.text("SLIPWAY_OBJECTS") === undefined) {
    const remedy = "Use s3+https://host/BUCKET-PREFIX, or file:FOLDER with a folder that all artifact services share.";
    reader.problem("SLIPWAY_OBJECTS", `is missing. ${remedy}`);
  }
}
