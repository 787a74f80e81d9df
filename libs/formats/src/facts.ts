import type { Signature } from "./signature.ts";

/** What one file tells about the model. Readers fill in what they come across, so that half a file still tells something. */
export interface Facts {
  framework?: string;
  signature?: Signature;
  parameterCount?: number;
  licence?: string;
}
