import type { JsonObject, JsonValue } from "@bufbuild/protobuf";

/** A part of one of the CONTENTS, as a message of UploadFile with these bytes. */
export interface Piece {
  content: string;
  from: number;
  to: number;
}

/** How a client sends a file. */
export interface Sending {
  /** UploadFileHeader as ProtoJSON, or none: a client that forgets it. */
  header: JsonObject | undefined;
  pieces: Piece[];
  /** The client goes away behind the pieces, and sends the rest where the server says that it can go on. */
  resumes: boolean;
}

/** One call, with aliases in place of what differs from world to world. */
export interface Operation {
  /** Short name, such as `metadata.v1.ModelService/GetModel`. */
  method: string;
  /** Who calls, for people. */
  caller: string;
  /** Name of the caller's tenant. */
  tenant: string;
  headers: Record<string, string>;
  /** ProtoJSON. */
  request: JsonObject;
  /** Of UploadFile, in place of `request`. */
  sending?: Sending;
  /** How much time passes before it, in milliseconds. */
  afterMs: number;
}

/** What a call gave: its response (of a stream all that was read), or its error. */
export type Answer = { response: JsonValue } | { error: JsonObject };
