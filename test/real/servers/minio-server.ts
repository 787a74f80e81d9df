import { RealServer } from "./real-server.ts";

/** Of every MinIO that tests start. */
export const minioCredentials = { accessKey: "slipway-test", secretKey: "slipway-test-secret" } as const;

/** A MinIO of a test's own; see RealServer. */
export async function startMinio(): Promise<RealServer> {
  return RealServer.start({
    program: "minio",
    environment: {
      MINIO_ROOT_USER: minioCredentials.accessKey,
      MINIO_ROOT_PASSWORD: minioCredentials.secretKey,
      MINIO_BROWSER: "off",
      // It would ask its maker for newer versions.
      MINIO_UPDATE: "off",
    },
    prepare: async ({ port, data }) => ["server", data, "--address", `127.0.0.1:${port}`, "--quiet"],
    becomeReady: async ({ port }) => {
      const { ok, status } = await fetch(`http://127.0.0.1:${port}/minio/health/cluster`);
      if (!ok) throw new Error(`health answers ${status}`);
    },
  });
}

/** Address for an engine; buckets are called `BUCKET-PREFIX-<tenant uid>`. */
export function minioUrl(server: RealServer, bucketPrefix: string): string {
  return `s3+http://127.0.0.1:${server.port}/${bucketPrefix}?region=us-east-1`;
}
