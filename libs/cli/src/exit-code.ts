import { RpcError } from "@slipway/rpc";
import { UsageError } from "./usage-error.ts";

/** What a script reads from `$?`. */
export const EXIT = {
  OK: 0,
  /** The server or this machine refused or failed. */
  FAILED: 1,
  /** The command line is wrong. */
  USAGE: 2,
  /** The version that was pushed is rejected, or these files were withdrawn before. */
  REJECTED: 3,
  /** What was named does not exist. */
  NOT_FOUND: 4,
  /** The key is missing or refused, or its role does not suffice. */
  FORBIDDEN: 5,
  /** No server answers. */
  UNREACHABLE: 6,
  /** Ctrl-C. */
  INTERRUPTED: 130,
} as const;

/** The exit code for what a command threw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.USAGE;
  if (error instanceof RpcError) {
    switch (error.code) {
      case "NOT_FOUND":
        return EXIT.NOT_FOUND;
      case "UNAUTHENTICATED":
      case "PERMISSION_DENIED":
        return EXIT.FORBIDDEN;
      case "UNAVAILABLE":
        return EXIT.UNREACHABLE;
      default:
        return EXIT.FAILED;
    }
  }
  return EXIT.FAILED;
}
