import { fail } from "@slipway/rpc";
import { existingModel, type StoredModel } from "../models/model.ts";

/** The model for who reads; refuses with MODEL_NOT_FOUND also one that is deleted, which hides its history. */
export function visibleModel(stored: StoredModel | undefined, name: string): StoredModel {
  const existing = existingModel(stored, name);
  if (existing.model.deleteTime !== undefined) throw fail("MODEL_NOT_FOUND", { name });
  return existing;
}
