/** One thing for which a policy cannot be used; the same shape as a field violation of a request. */
export interface Problem {
  /** Path in the request, in proto names: `policy.edges[2].gates[0].expression`. */
  field: string;
  /** What is wrong and what would be right. */
  description: string;
}
