import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import type { Engines } from "@slipway/standalone/engines";
import { type ComposedServer, startComposed } from "../../support/composed-server.ts";
import type { Answer, Operation } from "../operation.ts";
import { Aliases } from "./aliases.ts";
import { unaryAnswer } from "./answers.ts";
import { comparable, sendable } from "./comparable.ts";
import type { HookServer } from "./hook-server.ts";
import { recordPredictions } from "./prediction-stream.ts";
import { Quiet } from "./quiet.ts";
import { methodNamed } from "./services.ts";
import { download, uploadFile, watchEvents, watchRun } from "./special-calls.ts";
import { historiesOf, objectsOf } from "./stored.ts";
import { VirtualClock } from "./virtual-clock.ts";

export interface WorldOptions {
  /** For people. */
  name: string;
  hooks: HookServer;
  /** Which engines; default: embedded ones. */
  environment?: Record<string, string>;
  /** Puts something between the services and their engines. */
  wrap?(engines: Engines): Engines;
}

/** A whole server on engines of its own, with a clock that stands still between operations. */
export class World {
  readonly name: string;
  readonly aliases = new Aliases();
  readonly #server: ComposedServer;
  readonly #clock: VirtualClock;
  readonly #engines: Engines;
  readonly #quiet: Quiet;

  private constructor(name: string, server: ComposedServer, clock: VirtualClock, engines: Engines, hooks: HookServer) {
    this.name = name;
    this.#server = server;
    this.#clock = clock;
    this.#engines = engines;
    this.#quiet = new Quiet(engines, hooks.held);
    this.aliases.of("service", server.serviceKey);
    this.aliases.hide(server.bootstrapKey);
  }

  static async open({ name, hooks, environment, wrap }: WorldOptions): Promise<World> {
    const clock = new VirtualClock();
    let opened: Engines | undefined;
    const server = await startComposed({
      ...(environment && { environment }),
      settings: { clock, allowPrivateHttp: true },
      wrap: (engines) => {
        opened = wrap?.(engines) ?? engines;
        return opened;
      },
    });
    if (opened === undefined) throw new Error("a server without engines");
    return new World(name, server, clock, opened, hooks);
  }

  /** Makes a call and waits until all that follows from it is done. */
  async perform(operation: Operation): Promise<Answer> {
    this.#clock.advance(operation.afterMs);
    const headers = sendable(this.aliases, operation.headers);
    const calling = { aliases: this.aliases, transport: this.#server.transport(undefined, headers) };
    const request = sendable(this.aliases, operation.request) as JsonObject;
    const method = methodNamed(operation.method);
    if (operation.sending !== undefined) {
      const { header, ...sending } = operation.sending;
      return uploadFile(calling, { ...sending, header: header && (sendable(this.aliases, header) as JsonObject) });
    }
    if (method.name === "DownloadFile") return download(calling, method, request);
    if (method.name === "WatchRun") return watchRun(calling, method, request);
    if (method.name === "WatchEvents") return watchEvents(calling, method, request);
    const answer =
      method.name === "RecordPredictions"
        ? await recordPredictions(calling, request)
        : await unaryAnswer(this.aliases, calling.transport, method, request);
    if ("response" in answer && !/^(Get|List|WhoAmI|Resolve|Auth|Inspect|Validate|Compare|Preview)/.test(method.name)) {
      await this.#quiet.reach();
    }
    return answer;
  }

  /** Every object of a tenant with its size, and the history of everything that events tell of it. */
  async stored(tenantUid: string): Promise<JsonValue> {
    const objects = await objectsOf(this.#engines, tenantUid);
    const histories = await historiesOf(this.#engines, tenantUid);
    return comparable(this.aliases, { objects, histories });
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}
