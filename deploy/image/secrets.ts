import { hkdfSync } from "node:crypto";

/** Users of the processes in docker-compose.yml; 999 and 1000 are those of the images of MongoDB and Slipway. */
export const USERS = { mongo: 999, slipway: 1000, minio: 1001, nats: 1002 } as const;
export type SecretOwner = keyof typeof USERS;

/** A file that one of the processes reads, `<owner>/<name>`. */
export interface Secret {
  owner: SecretOwner;
  name: string;
  text: string;
}

/** What a seed must hold. */
export const SEED_BYTES = 32;

/**
 * Everything that the processes of docker-compose.yml show each other, from one random seed of SEED_BYTES: the same seed
 * gives the same secrets, so that whatever a crash has left out is written at the next start.
 */
export function secretsOf(seed: Uint8Array): Secret[] {
  // HKDF (RFC 5869): from one of the secrets nobody finds another, nor the seed.
  const derive = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync("sha256", seed, "", `slipway compose ${purpose}`, bytes));
  const password = (purpose: string) => derive(purpose, 32).toString("hex");
  const documents = password("documents");
  const events = password("events");
  const objects = { user: derive("objects user", 10).toString("hex"), password: password("objects") };
  const bootstrapKey = `slw_${derive("bootstrap id", 16).toString("hex")}_${derive("bootstrap", 32).toString("base64url")}`;
  return [
    { owner: "slipway", name: "bootstrap-key", text: bootstrapKey },
    { owner: "slipway", name: "service-key", text: password("service") },
    {
      owner: "slipway",
      name: "documents-url",
      text: `mongodb://slipway:${documents}@mongo:27017/slipway?replicaSet=rs0&authSource=admin`,
    },
    { owner: "slipway", name: "events-url", text: `nats://slipway:${events}@nats:4222` },
    { owner: "slipway", name: "s3-access-key", text: objects.user },
    { owner: "slipway", name: "s3-secret-key", text: objects.password },
    // MongoDB takes 6 to 1024 characters of base64.
    { owner: "mongo", name: "keyfile", text: derive("replica set", 96).toString("base64") },
    { owner: "mongo", name: "admin-password", text: password("mongo admin") },
    { owner: "mongo", name: "slipway-password", text: documents },
    { owner: "minio", name: "root-user", text: objects.user },
    { owner: "minio", name: "root-password", text: objects.password },
    { owner: "nats", name: "authorization.conf", text: `authorization { user: slipway, password: "${events}" }` },
  ];
}
