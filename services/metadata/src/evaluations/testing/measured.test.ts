import type { MessageInitShape } from "@bufbuild/protobuf";
import type { MeasuredSchema } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";

export type MeasuredInit = MessageInitShape<typeof MeasuredSchema>;

/** Counts of two classes. */
export function counted(tp: number | bigint, tn: number, fp: number, fn: number): MeasuredInit {
  const value = {
    truePositives: BigInt(tp),
    trueNegatives: BigInt(tn),
    falsePositives: BigInt(fp),
    falseNegatives: BigInt(fn),
  };
  return { form: { case: "counts", value } };
}

export function matrixOf(labels: string[], cells: number[]): MeasuredInit {
  return { form: { case: "matrix", value: { labels, cells } } };
}

export function given(values: Record<string, number>): MeasuredInit {
  return { form: { case: "metrics", value: { values } } };
}
