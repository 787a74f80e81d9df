import type { JsonObject } from "@bufbuild/protobuf";
import type fc from "fast-check";
import type { Knowledge } from "../known/knowledge.ts";
import type { KnownTenant } from "../known/known-tenant.ts";
import type { Sending } from "../operation.ts";

/** What requests are drawn from. */
export interface Drawing {
  /** Of the caller. */
  principal: string;
  administrates: boolean;
  /** What the caller's tenant has been told. */
  tenant: KnownTenant;
  /** Of a tenant that is not the caller's. */
  other: KnownTenant;
  knowledge: Knowledge;
  /** Where `http` steps may go. */
  hooksUrl: string;
  /** Runs that wait for an answer. */
  heldRuns: readonly string[];
}

/** How a method is called. */
export interface MethodPlan {
  /** How often, beside the others. */
  weight: number;
  request(drawing: Drawing): fc.Arbitrary<JsonObject>;
  /** Of UploadFile, in place of `request`. */
  sending?(drawing: Drawing): fc.Arbitrary<Sending>;
}

/** By the short name of the method. */
export type Plans = Record<string, MethodPlan>;
