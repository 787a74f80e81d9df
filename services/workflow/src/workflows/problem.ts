/** One thing that stands in the way of a definition; the same shape as a field violation of a request. */
export interface Problem {
  /** Path in the request, in proto names: `workflow.steps[2].needs[0]`. */
  field: string;
  /** What is wrong and what would be right. */
  description: string;
}
