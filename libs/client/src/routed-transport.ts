import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { type CallOptions, createClient, RpcError, type Transport } from "@slipway/rpc";
import { ClientError } from "./client-error.ts";

/** Services that may have a server of their own. */
export type RoutedService = "artifact" | "workflow";

type Endpoints = Readonly<Record<"metadata" | RoutedService, string>>;

/**
 * Where a service's calls go, when only one address is known: to that address, as long as it answers them. A server of
 * all services, or a router, always does, so that nothing more is asked. Where it does not know a method, WhoAmI tells
 * once where the services are, and calls go there.
 */
export class Router {
  readonly #given: Transport;
  readonly #open: (url: string) => Transport;
  readonly #opened = new Map<string, Transport>();
  #endpoints: Promise<Endpoints | undefined> | undefined;

  /** `open` makes a transport to another address, with the same credentials; it may refuse the address. */
  constructor(given: Transport, open: (url: string) => Transport) {
    this.#given = given;
    this.#open = open;
  }

  /** The transport of one service. */
  to(service: RoutedService): Transport {
    return {
      unary: async (method, request, options) => {
        if (this.#endpoints !== undefined) return (await this.#way(service)).unary(method, request, options);
        try {
          return await this.#given.unary(method, request, options);
        } catch (error) {
          // The server has not looked at the request, so that it may go elsewhere.
          if (!(error instanceof RpcError && error.reason === "METHOD_UNKNOWN")) throw error;
          const way = await this.#way(service, options);
          if (way === this.#given) throw error;
          return way.unary(method, request, options);
        }
      },
      // What streams carry cannot be sent twice, so that the way must be known before.
      stream: (method, requests, options) =>
        this.#stream(service, (way) => way.stream(method, requests, options), options),
      close: () => this.close(),
    };
  }

  close(): void {
    this.#given.close();
    for (const transport of this.#opened.values()) transport.close();
  }

  async *#stream<O>(
    service: RoutedService,
    begin: (way: Transport) => AsyncIterable<O>,
    options: CallOptions,
  ): AsyncGenerator<O> {
    yield* begin(await this.#way(service, options));
  }

  async #way(service: RoutedService, { signal }: CallOptions = {}): Promise<Transport> {
    this.#endpoints ??= this.#ask(signal);
    const endpoints = await this.#endpoints.catch((error: unknown) => {
      this.#endpoints = undefined;
      throw error;
    });
    const url = endpoints?.[service] ?? "";
    if (url === "") return this.#given;
    const opened = this.#opened.get(url) ?? this.#open(url);
    this.#opened.set(url, opened);
    return opened;
  }

  /** Undefined where one address serves all: then the address that works already is the right one. */
  async #ask(signal: AbortSignal | undefined): Promise<Endpoints | undefined> {
    const { endpoints } = await createClient(AccessService, this.#given).whoAmI(
      {},
      signal === undefined ? {} : { signal },
    );
    if (endpoints === undefined) throw new ClientError("The server does not say where the services are. Update it.");
    const { metadata, artifact, workflow } = endpoints;
    return metadata === artifact && metadata === workflow ? undefined : { metadata, artifact, workflow };
  }
}
