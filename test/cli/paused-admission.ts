import { type Connection, connectionOver } from "@slipway/client";
import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { createGrpcTransport, DEFAULT_TENANT, onBehalfOf, type RunningServer } from "@slipway/rpc";
import { type ComposedServer, startComposed } from "../support/composed-server.ts";

/** A server in open mode where nothing is admitted before the test says so. */
export class PausedAdmission {
  readonly connection: Connection;
  readonly url: string;
  readonly #composed: ComposedServer;
  readonly #server: RunningServer;
  readonly #service: Connection;

  private constructor(composed: ComposedServer, server: RunningServer) {
    this.#composed = composed;
    this.#server = server;
    this.url = `http://${server.address}`;
    this.connection = connectionOver(this.url, createGrpcTransport({ url: this.url }));
    const headers = {
      authorization: `Bearer ${composed.serviceKey}`,
      ...onBehalfOf(DEFAULT_TENANT.uid, DEFAULT_TENANT.name, "users/local"),
    };
    this.#service = connectionOver(this.url, createGrpcTransport({ url: this.url, headers }));
  }

  static async start(): Promise<PausedAdmission> {
    const composed = await startComposed({ settings: { open: true, workers: 0 } });
    return new PausedAdmission(composed, await composed.listen());
  }

  /** Lets a version be admitted as soon as it exists: `models/iris/versions/1.0.0`. */
  async admit(name: string): Promise<void> {
    let versionUid = "";
    const created = { after: 0n, types: ["slipway.version.created"] };
    for await (const { event } of this.connection.events.metadata.watchEvents(created)) {
      versionUid = event?.subjectUid ?? "";
      if (event?.subject === `tenants/default/${name}`) break;
    }
    await this.#service.versions.finishValidation({
      versionUid,
      run: "runs/test",
      proven: true,
      verdict: Verdict.SAFE,
    });
  }

  async close(): Promise<void> {
    this.connection.close();
    this.#service.close();
    await this.#server.close();
    await this.#composed.stop();
  }
}
