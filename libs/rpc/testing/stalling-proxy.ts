import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A TCP proxy that can stop to pass anything on while its connections stay open, like a network that swallows all. */
export class StallingProxy implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #stalled = false;
  #passed = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("connection", (near) => {
      const far = connect(port, "127.0.0.1");
      this.#pass(near, far);
      this.#pass(far, near);
    });
  }

  /** In front of the port of this machine. */
  static async start(port: number): Promise<StallingProxy> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new StallingProxy(server, port);
  }

  /** How often something was passed on. */
  get passed(): number {
    return this.#passed;
  }

  /** From now on nothing gets through, not even that one side has gone. */
  stall(): void {
    this.#stalled = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #pass(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on("data", (bytes) => {
      if (this.#stalled) return;
      this.#passed += 1;
      to.write(bytes);
    });
    from.on("error", () => undefined);
    from.on("close", () => {
      if (!this.#stalled) to.destroy();
    });
  }
}
