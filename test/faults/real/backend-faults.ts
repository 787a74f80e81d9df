import type { FaultyProxy } from "@slipway/runtime/testing";
import { MongoClient } from "mongodb";
import { mongoUrl } from "../../real/servers/mongo-server.ts";
import type { RealServer } from "../../real/servers/real-server.ts";
import { seeded } from "../seed.ts";
import type { Backends } from "./backends.ts";

/** What happens to whatever a service stands on: it begins, and after a while it ends. */
export interface BackendFault {
  name: string;
  begin(world: World): Promise<void> | void;
  end(world: World): Promise<void> | void;
}

interface World {
  backends: Backends;
  /** The network before the service itself: between it and the other services, and its clients. */
  address: FaultyProxy;
}

const stepDown: BackendFault = {
  name: "MongoDB steps down",
  begin: async ({ backends: { mongo } }) => {
    const client = new MongoClient(mongoUrl(mongo, ""));
    // It closes connections, so the reply may get lost. The only member is elected again when the second is over.
    const command = { replSetStepDown: 1, force: true };
    await client
      .db("admin")
      .command(command)
      .catch(() => undefined);
    await client.close();
  },
  end: () => undefined,
};

const wiped: BackendFault = {
  name: "NATS is stopped and its data deleted",
  begin: async ({ backends: { nats } }) => {
    await nats.stop();
    await nats.wipe();
  },
  end: ({ backends: { nats } }) => nats.start(),
};

function killed(name: string, serverOf: (backends: Backends) => RealServer): BackendFault {
  return {
    name: `${name} is killed`,
    begin: ({ backends }) => serverOf(backends).kill(),
    end: ({ backends }) => serverOf(backends).start(),
  };
}

function stopped(name: string, serverOf: (backends: Backends) => RealServer): BackendFault {
  return {
    name: `${name} is stopped`,
    begin: ({ backends }) => serverOf(backends).stop(),
    end: ({ backends }) => serverOf(backends).start(),
  };
}

function frozen(name: string, serverOf: (backends: Backends) => RealServer): BackendFault {
  return {
    name: `${name} is frozen`,
    begin: ({ backends }) => serverOf(backends).freeze(),
    end: ({ backends }) => serverOf(backends).thaw(),
  };
}

/** A network that is cut in the middle of something, stalls, or refuses. */
function networkFaults(name: string, networkOf: (world: World) => FaultyProxy): BackendFault[] {
  return [
    {
      name: `the network to ${name} is cut`,
      begin: (world) => {
        const network = networkOf(world);
        const part = seeded(`part of a message to ${name}`, 0, 1_000) / 1_000;
        network.judge = ({ bytes, direction }) =>
          direction === "up" ? { cutAfterBytes: Math.floor(part * bytes.length) } : "pass";
      },
      end: (world) => {
        const network = networkOf(world);
        network.judge = () => "pass";
        network.cut();
      },
    },
    {
      name: `the network to ${name} stalls`,
      begin: (world) => networkOf(world).stall(),
      end: (world) => networkOf(world).resume(),
    },
    {
      name: `the network to ${name} refuses`,
      begin: (world) => networkOf(world).refuse(),
      end: (world) => networkOf(world).accept(),
    },
  ];
}

const mongo = (backends: Backends) => backends.mongo;
const minio = (backends: Backends) => backends.minio;
const nats = (backends: Backends) => backends.nats;

export const backendFaults: readonly BackendFault[] = [
  stepDown,
  killed("MongoDB", mongo),
  frozen("MongoDB", mongo),
  wiped,
  frozen("NATS", nats),
  stopped("MinIO", minio),
  killed("MinIO", minio),
  frozen("MinIO", minio),
  ...networkFaults("MongoDB", ({ backends }) => backends.networks.mongo),
  ...networkFaults("NATS", ({ backends }) => backends.networks.nats),
  ...networkFaults("MinIO", ({ backends }) => backends.networks.minio),
  ...networkFaults("a service", ({ address }) => address),
];
