import { RpcError } from "@slipway/rpc";
import { expect } from "chai";

/** The error of a call, which must have this reason. */
export async function refusal(call: Promise<unknown>, reason: string): Promise<RpcError> {
  const error = await call.then(
    () => new Error("the call succeeded"),
    (caught: unknown) => caught,
  );
  if (!(error instanceof RpcError)) throw error;
  expect(error.reason, error.message).to.equal(reason);
  expect(error.fields.length > 0, "names fields").to.equal(error.code === "INVALID_ARGUMENT");
  return error;
}
