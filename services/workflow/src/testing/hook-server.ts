import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonObject } from "@bufbuild/protobuf";
import { until } from "@slipway/runtime/testing";

/** A request that the server got. */
interface Hook {
  path: string;
  headers: IncomingHttpHeaders;
  /** `{run}/{step}/{attempt}`. */
  key: string;
  step: string;
  body: JsonObject;
  response: ServerResponse;
  /** Answers with JSON. */
  reply(body: unknown, status?: number): void;
}

/** A real server for http steps. Answers `{}` at once, unless a test wants to answer itself. */
export interface HookServer {
  url: string;
  readonly hooks: Hook[];
  /** Answers each request. */
  answer: (hook: Hook) => void;
  /** The request of a step and attempt, once it has come. */
  got(step: string, attempt?: number): Promise<Hook>;
  close(): Promise<void>;
}

export async function startHookServer(): Promise<HookServer> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const key = String(request.headers["idempotency-key"] ?? "");
    const hook: Hook = {
      path: request.url ?? "",
      headers: request.headers,
      key,
      step: key.split("/")[1] ?? "",
      body: JSON.parse(Buffer.concat(parts).toString("utf8") || "{}") as JsonObject,
      response,
      reply: (body, status = 200) => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      },
    };
    hooks.hooks.push(hook);
    hooks.answer(hook);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const hooks: HookServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hooks: [],
    answer: (hook) => hook.reply({}),
    got: (step, attempt = 1) =>
      until(`attempt ${attempt} at ${step} has come`, () =>
        hooks.hooks.find(({ key }) => key.endsWith(`/${step}/${attempt}`)),
      ),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return hooks;
}
