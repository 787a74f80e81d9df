import { ADMISSION } from "../workflows/admission.ts";

/**
 * Runs that take turns with those of other lanes: a tenant's admissions are one lane and its own workflows another, so
 * that neither another tenant's work nor a tenant's own slow steps hold up its admissions.
 */
export type Lane = string;

export function laneOf(tenantUid: string, workflow: string): Lane {
  return `${tenantUid}/${workflow === ADMISSION ? "admission" : "own"}`;
}
