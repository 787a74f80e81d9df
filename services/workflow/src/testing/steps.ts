import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { StepSchema } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";

type StepInit = MessageInitShape<typeof StepSchema>;

/** An http step that is tried again without long pauses. */
export function httpStep(
  id: string,
  url: string,
  needs: string[] = [],
  rest: Omit<StepInit, "$typeName"> = {},
): StepInit {
  const pauses = { initialBackoff: durationFromMs(1), maxBackoff: durationFromMs(5) };
  return { id, needs, action: { case: "http", value: { url } }, retry: { maxAttempts: 5, ...pauses }, ...rest };
}
