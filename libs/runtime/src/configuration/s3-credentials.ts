import type { EnvironmentReader } from "./environment-reader.ts";

/** Who the server is to the S3 service. */
export interface S3Credentials {
  accessKey: string;
  secretKey: string;
}

/** `SLIPWAY_S3_ACCESS_KEY` and `SLIPWAY_S3_SECRET_KEY`, or the files that `…_FILE` name; both are needed. */
export function readS3Credentials(reader: EnvironmentReader): S3Credentials {
  const needed = (name: string): string => {
    const value = reader.secret(name);
    if (value === undefined) reader.problem(name, "is missing beside SLIPWAY_OBJECTS=s3+….");
    return value ?? "";
  };
  return { accessKey: needed("SLIPWAY_S3_ACCESS_KEY"), secretKey: needed("SLIPWAY_S3_SECRET_KEY") };
}
