import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { RealServer } from "./real-server.ts";

export interface NatsOptions {
  /** Default true: JetStream, which syncs every message to the disk. */
  jetStream?: boolean;
  /** Lets in nobody else. */
  credentials?: { user: string; password: string };
}

/** A nats-server of a test's own; see RealServer. */
export async function startNats({ jetStream = true, credentials }: NatsOptions = {}): Promise<RealServer> {
  return RealServer.start({
    program: "nats-server",
    prepare: async ({ port, data, settings }) => {
      const lines = [`listen: "127.0.0.1:${port}"`];
      if (jetStream) lines.push(`jetstream { store_dir: ${JSON.stringify(data)}, sync_interval: always }`);
      if (credentials) {
        const { user, password } = credentials;
        lines.push(`authorization { user: ${JSON.stringify(user)}, password: ${JSON.stringify(password)} }`);
      }
      const file = join(settings, "nats.conf");
      await writeFile(file, lines.join("\n"));
      return ["--config", file];
    },
    becomeReady: async ({ port }) => {
      // The server speaks first: INFO {…,"jetstream":true,…}. It listens once JetStream has read its data.
      const socket = connect(port, "127.0.0.1").setEncoding("utf8");
      try {
        const [greeting] = (await once(socket, "data")) as [string];
        if (!greeting.startsWith("INFO ")) throw new Error(`an unexpected greeting: ${greeting}`);
      } finally {
        socket.destroy();
      }
    },
  });
}

/** Address for an engine. */
export function natsUrl(server: RealServer, { credentials }: NatsOptions = {}): string {
  const user = credentials
    ? `${encodeURIComponent(credentials.user)}:${encodeURIComponent(credentials.password)}@`
    : "";
  return `nats://${user}127.0.0.1:${server.port}`;
}
