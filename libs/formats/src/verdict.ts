/** How far something can be trusted, from best to worst. */
export type Verdict = "SAFE" | "SUSPICIOUS" | "DANGEROUS";
