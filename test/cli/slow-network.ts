import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A way to a server that is as slow as a test wants it. */
export class SlowNetwork {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** In each direction; 0: as fast as it can. */
  bytesPerSecond = 0;

  private constructor(target: URL) {
    this.#server = createServer((client) => {
      const upstream = connect(Number(target.port), target.hostname);
      void this.#forward(client, upstream);
      void this.#forward(upstream, client);
    });
  }

  static async to(url: string): Promise<SlowNetwork> {
    const network = new SlowNetwork(new URL(url));
    await once(network.#server.listen(0, "127.0.0.1"), "listening");
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  async #forward(from: Socket, to: Socket): Promise<void> {
    this.#sockets.add(from);
    try {
      for await (const piece of from as AsyncIterable<Buffer>) {
        if (!to.write(piece)) await once(to, "drain");
        if (this.bytesPerSecond > 0) await pause((1000 * piece.length) / this.bytesPerSecond);
      }
      to.end();
    } catch {
      to.destroy(); // one side is gone, so the other one goes too
    } finally {
      this.#sockets.delete(from);
    }
  }
}
