import type { EnvironmentReader } from "./environment-reader.ts";
import { isLoopbackHost } from "./listen-address.ts";

/** The services that can run alone. */
export const SERVICE_NAMES = ["metadata", "artifact", "workflow"] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Where each service is: `http://host:port` or `https://host:port`. */
export type ServiceUrls = Readonly<Record<ServiceName, string>>;

/** The port of a service that runs alone (design §10). */
export const SERVICE_PORTS: Readonly<Record<ServiceName, number>> = { metadata: 7001, artifact: 7002, workflow: 7003 };

/** The address of a gRPC server. Throws an Error in words for anything else. */
export function parseServerUrl(text: string): string {
  const url = URL.parse(text);
  const known = url?.protocol === "http:" || url?.protocol === "https:";
  if (!known || url.pathname !== "/" || url.search !== "" || url.username !== "") {
    throw new Error(`"${text}" is no address of a server. Use http://host:port or https://host:port.`);
  }
  return url.origin;
}

/** Whether what is sent there can be read on the way. */
export function isPlaintextUrl(url: string): boolean {
  return url.startsWith("http:") && !isLoopbackHost(URL.parse(url)?.hostname ?? "");
}

/** `SLIPWAY_METADATA_URL` and so on: where the services reach each other. */
export function readServiceUrls(reader: EnvironmentReader, scheme: "http" | "https", plaintext: boolean): ServiceUrls {
  const urlOf = (service: ServiceName): string => {
    const variable = `SLIPWAY_${service.toUpperCase()}_URL`;
    const url = reader.parsed(variable, `${scheme}://127.0.0.1:${SERVICE_PORTS[service]}`, parseServerUrl);
    if (url !== undefined && !plaintext && isPlaintextUrl(url)) {
      reader.problem(variable, "keys would travel in plaintext. Use https://, or SLIPWAY_ALLOW_PLAINTEXT=yes.");
    }
    return url ?? "";
  };
  return { metadata: urlOf("metadata"), artifact: urlOf("artifact"), workflow: urlOf("workflow") };
}

/** `SLIPWAY_ENDPOINT_METADATA` and so on: what clients are told by WhoAmI, where it was set. */
export function readEndpoints(reader: EnvironmentReader): Partial<ServiceUrls> {
  const endpoints: Partial<Record<ServiceName, string>> = {};
  for (const service of SERVICE_NAMES) {
    const variable = `SLIPWAY_ENDPOINT_${service.toUpperCase()}`;
    const text = reader.text(variable);
    const url = text === undefined ? undefined : reader.parsed(variable, text, parseServerUrl);
    if (url !== undefined) endpoints[service] = url;
  }
  return endpoints;
}
