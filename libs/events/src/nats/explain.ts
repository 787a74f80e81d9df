import { JetStreamApiError } from "@nats-io/jetstream";
import {
  AuthorizationError,
  NoRespondersError,
  PermissionViolationError,
  RequestError,
  UserAuthenticationExpiredError,
} from "@nats-io/transport-node";

/** Words for an operator on why the NATS server `name` does not serve. */
export function explain(name: string, error: unknown): string {
  const server = `the NATS server at ${name}`;
  if (error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError) {
    return `${server} refuses the credentials; correct the user and password in SLIPWAY_EVENTS`;
  }
  const violation = causes(error).find((cause) => cause instanceof PermissionViolationError);
  if (violation instanceof PermissionViolationError) {
    const { operation, subject } = violation;
    const doing = operation === "publish" ? "publish to" : "subscribe to";
    return `${server} does not allow to ${doing} ${subject}; grant the user the rights in docs/operations.md`;
  }
  if (error instanceof Error && error.name === "JetStreamNotEnabled") {
    // its class is not exported
    return `${server} has no JetStream; enable it with jetstream { store_dir: … } in its configuration, and for the account`;
  }
  if (error instanceof JetStreamApiError) return `${server} refuses the stream: ${error.message}`;
  return `${server} cannot be reached (${error instanceof Error ? error.message : String(error)})`;
}

/** Whether nobody takes what is published: no stream has the subject. */
export function isUnheard(error: unknown): boolean {
  return causes(error).some(
    (cause) => cause instanceof NoRespondersError || (cause instanceof RequestError && cause.isNoResponders()),
  );
}

function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  for (let cause = error; cause instanceof Error && found.length < 8; cause = cause.cause) found.push(cause);
  return found;
}
