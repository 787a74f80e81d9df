import { type Client, createClient, createGrpcTransport } from "@slipway/rpc";
import { EchoService } from "@slipway/rpc/testing";
import { HelperProcess } from "./helper-process.ts";

/** The yardstick of calls, in a process of its own. */
export class Echo implements AsyncDisposable {
  readonly client: Client<typeof EchoService>;
  readonly #process: HelperProcess;
  readonly #close: () => void;

  private constructor(process: HelperProcess) {
    const transport = createGrpcTransport({ url: process.url });
    this.client = createClient(EchoService, transport);
    this.#process = process;
    this.#close = () => transport.close();
  }

  static async start(): Promise<Echo> {
    return new Echo(await HelperProcess.start(new URL("../servers/echo-server.ts", import.meta.url)));
  }

  /** One call; the text is as long as a version's name. */
  call = (): Promise<unknown> => this.client.echo({ text: "models/model-1/versions/1.0.0" });

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    await this.#process[Symbol.asyncDispose]();
  }
}
