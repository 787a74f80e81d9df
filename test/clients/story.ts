/** An error as a client in another language saw it; the details are ProtoJSON, by the names of their messages. */
interface SeenError {
  /** A number of google.rpc.Code. */
  code: number;
  message?: string;
  ErrorInfo?: { reason: string; domain: string; metadata: Record<string, string> };
  BadRequest?: { fieldViolations: { field: string; description: string }[] };
  PreconditionFailure?: { violations: { type: string; subject: string; description: string }[] };
}

/** What a client prints after it has pushed a file as a version of a new model, pulled it and made some mistakes. */
export interface Story {
  /** State and steps of the admission run, when it had ended. */
  run: string;
  steps: string[];
  /** Uid of the version that CreateVersion answered. */
  pushed: string;
  /** Uid, name and state of the version that `latest` resolved to. */
  pulled: string;
  name: string;
  state: string;
  /** The version's only file, as ListFiles tells. */
  path: string;
  sha256: string;
  /** By the name of the mistake; code OK where the server did not mind. */
  mistakes: {
    unknownModel: SeenError;
    badName: SeenError;
    badPageSize: SeenError;
    emptyUpload: SeenError;
    noKey: SeenError;
  };
}
