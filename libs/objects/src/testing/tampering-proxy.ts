import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a server sees it, and the reply that it gave. */
export interface Exchange {
  method: string;
  /** With the query. */
  path: string;
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** What the client gets to see instead; what is left out stays. */
export type Tampering = Partial<Pick<Exchange, "status" | "headers" | "body">> | undefined;

/** An HTTP server before another one that changes replies as a test wants; the length of the body is corrected. */
export class TamperingProxy {
  readonly #server: http.Server;
  readonly #target: { host: string; port: number };
  /** Called with every exchange; by default nothing is changed. */
  tamper: (exchange: Exchange) => Tampering | Promise<Tampering> = () => undefined;

  static async before(target: { host: string; port: number }): Promise<TamperingProxy> {
    const proxy = new TamperingProxy(target);
    await once(proxy.#server.listen(0, "127.0.0.1"), "listening");
    return proxy;
  }

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    this.#server = http.createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method = "", url: path = "", headers } = request;
    const onward = http.request({ ...this.#target, method, path, headers, agent: false });
    request.pipe(onward);
    const [reply] = (await once(onward, "response")) as [http.IncomingMessage];
    const body = Buffer.concat(await Array.fromAsync(reply as AsyncIterable<Buffer>));
    const exchange = { method, path, status: reply.statusCode ?? 0, headers: reply.headers, body };
    const seen = { ...exchange, ...(await this.tamper(exchange)) };
    const { "transfer-encoding": _chunked, connection: _hop, ...end } = seen.headers;
    const length = method === "HEAD" || seen.status === 204 ? {} : { "content-length": seen.body.byteLength };
    response.writeHead(seen.status, { ...end, ...length }).end(seen.body);
  }
}
