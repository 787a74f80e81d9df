import type { MessageInitShape } from "@bufbuild/protobuf";
import type { EvaluationSchema, MetricInterval } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import { fail } from "@slipway/rpc";

/** What was measured: the fields of an evaluation that hold it. */
export type Results = Pick<
  MessageInitShape<typeof EvaluationSchema> & object,
  "metrics" | "intervals" | "classes" | "slices" | "rowCount" | "counts" | "confusionMatrix"
>;

/** Of a field of an evaluation as it is stored. */
export type Intervals = { [metric: string]: MetricInterval };

/** The error for what cannot be recorded; `field` is its path in the request. */
export function invalid(problem: string, field: string) {
  return fail("EVALUATION_INVALID", { problem }, { field });
}
