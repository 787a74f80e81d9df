import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "./free-port.ts";

/** Bytes on their way, as they were read from a socket: messages may be cut into pieces or share one. */
export interface Piece {
  bytes: Buffer;
  /** `up` is from a client to the server. */
  direction: "up" | "down";
}

/** What becomes of a piece: it passes, or its connection is cut after so many bytes of it (0: none of it passes). */
export type Verdict = "pass" | { cutAfterBytes: number };

/**
 * A network between clients and one TCP server that fails where a test wants it. Connections of all kinds may be open
 * when it does; `judge` sees every piece and may cut its connection in the middle of a message, both ends at once.
 *
 * ```ts
 * const proxy = await FaultyProxy.before({ host: "127.0.0.1", port: server.port });
 * proxy.judge = ({ bytes }) => (bytes.includes("commitTransaction") ? { cutAfterBytes: bytes.length } : "pass");
 * ```
 */
export class FaultyProxy {
  /** Where new connections go. */
  target: { host: string; port: number };
  readonly #links = new Set<Link>();
  #server: Server | undefined;
  readonly #port: number;
  #stalled = false;
  /** Called with every piece; by default all of them pass. */
  judge: (piece: Piece) => Verdict = () => "pass";

  private constructor(target: { host: string; port: number }, port: number) {
    this.target = target;
    this.#port = port;
  }

  static async before(target: { host: string; port: number }): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target, await freePort());
    await proxy.accept();
    return proxy;
  }

  readonly host = "127.0.0.1";

  /** Stays the same over `refuse` and `accept`. */
  get port(): number {
    return this.#port;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#links.size;
  }

  /** Cuts every open connection; new ones are accepted. */
  cut(): void {
    for (const link of this.#links) link.cut();
  }

  /** Cuts every open connection, and refuses new ones as where nobody listens. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, "close");
    server.close();
    this.cut();
    await closed;
  }

  /** Accepts connections again after `refuse`. */
  async accept(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((client) => this.#link(client));
    this.#server = server;
    await once(server.listen(this.#port, this.host), "listening");
  }

  /** Passes nothing on, of open and of new connections, and cuts none. What came meanwhile passes after `resume`. */
  stall(): void {
    this.#stalled = true;
    for (const link of this.#links) link.pause();
  }

  resume(): void {
    this.#stalled = false;
    for (const link of this.#links) link.resume();
  }

  /** Cuts and refuses everything for good. */
  close(): Promise<void> {
    return this.refuse();
  }

  #link(client: Socket): void {
    const link = new Link(client, connect(this.target.port, this.target.host), (piece) => this.judge(piece));
    this.#links.add(link);
    if (this.#stalled) link.pause();
    link.ended.then(() => this.#links.delete(link));
  }
}

/** Two sockets that live and die together. */
class Link {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #judge: (piece: Piece) => Verdict;
  #paused = false;
  #cut = false;
  /** Resolves when both are gone. */
  readonly ended: Promise<unknown>;

  constructor(client: Socket, upstream: Socket, judge: (piece: Piece) => Verdict) {
    this.#client = client.setNoDelay();
    this.#upstream = upstream.setNoDelay();
    this.#judge = judge;
    this.ended = Promise.all([gone(client), gone(upstream)]);
    this.#forward("up", client, upstream);
    this.#forward("down", upstream, client);
  }

  cut(): void {
    this.#cut = true;
    this.#client.destroy();
    this.#upstream.destroy();
  }

  pause(): void {
    this.#paused = true;
    this.#client.pause();
    this.#upstream.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#client.resume();
    this.#upstream.resume();
  }

  #forward(direction: Piece["direction"], from: Socket, to: Socket): void {
    from.on("data", (bytes: Buffer) => this.#pass({ bytes, direction }, from, to));
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => {
      if (!from.readableEnded) to.destroy();
    });
    to.on("drain", () => {
      if (!this.#paused) from.resume();
    });
  }

  #pass(piece: Piece, from: Socket, to: Socket): void {
    if (this.#cut) return;
    const verdict = this.#judge(piece);
    if (verdict !== "pass") {
      // What was read behind this piece belongs to the connection that is gone.
      this.#cut = true;
      from.destroy();
      to.end(piece.bytes.subarray(0, verdict.cutAfterBytes));
    } else if (!to.write(piece.bytes)) {
      from.pause();
    }
  }
}

async function gone(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
}
