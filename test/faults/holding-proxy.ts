import { connect, createServer, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";

export interface Holds {
  /** Bytes that pass from clients to the server before it holds. */
  upBytes?: number;
  /** Bytes that pass from the server to clients before it holds. */
  downBytes?: number;
}

/** Stands between clients and a server, and stops passing bytes on where a test wants to have a look. */
export class HoldingProxy {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #gates: { up: Gate; down: Gate };

  private constructor(server: Server, sockets: Set<Socket>, gates: { up: Gate; down: Gate }) {
    const address = server.address();
    this.url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    this.#server = server;
    this.#sockets = sockets;
    this.#gates = gates;
  }

  static async before(url: string): Promise<HoldingProxy> {
    const { hostname, port } = new URL(url);
    const gates = { up: new Gate(), down: new Gate() };
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const upstream = connect(Number(port), hostname);
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(socket);
        // Whichever end goes, the other one sees it at once.
        socket.on("error", () => other.destroy()).on("close", () => sockets.delete(socket) && other.destroy());
      }
      client.pipe(gates.up.passage()).pipe(upstream);
      upstream.pipe(gates.down.passage()).pipe(client);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new HoldingProxy(server, sockets, gates);
  }

  hold({ upBytes = Number.POSITIVE_INFINITY, downBytes = Number.POSITIVE_INFINITY }: Holds): void {
    this.#gates.up.set(upBytes);
    this.#gates.down.set(downBytes);
  }

  /** Lets everything pass again. */
  release(): void {
    this.hold({});
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Lets so many bytes through, of all connections together. */
class Gate {
  #leftBytes = Number.POSITIVE_INFINITY;
  readonly #held = new Set<() => void>();

  set(bytes: number): void {
    this.#leftBytes = bytes;
    for (const pass of [...this.#held]) pass();
    this.#held.clear();
  }

  passage(): Transform {
    return new Transform({
      transform: (piece: Buffer, _encoding, passed) => {
        this.#leftBytes -= piece.byteLength;
        const pass = () => passed(null, piece);
        if (this.#leftBytes > 0) pass();
        else this.#held.add(pass);
      },
    });
  }
}
