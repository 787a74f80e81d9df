import { RpcError } from "@slipway/rpc";
import { printable } from "@slipway/runtime";
import { paint, type Terminal } from "./terminal.ts";
import { wrapped } from "./wrap.ts";

/** Tells a person, or with `-o json` a program, what went wrong. Goes to standard error always. */
export function reportError(terminal: Terminal, error: unknown, json = false): void {
  const { stderr } = terminal;
  const message = error instanceof Error ? error.message : String(error);
  if (json) {
    const { reason, code, metadata, fields } =
      error instanceof RpcError ? error : { reason: "", code: "", metadata: {}, fields: [] };
    stderr.write(`${JSON.stringify({ error: { message, reason, code, metadata, fields } })}\n`);
    return;
  }
  const lines = message.split("\n").map(printable).join("\n");
  const text = wrapped(stderr, `error: ${lines}`).replace("error:", paint(terminal, stderr, "red", "error:"));
  stderr.write(`${text}\n`);
  if (error instanceof RpcError) {
    for (const { field, description } of error.fields) {
      // Where only one field is wrong, it often says no more than the message.
      if (description === message) continue;
      stderr.write(`  ${printable(field)}: ${printable(description)}\n`);
    }
    if (error.reason !== "") stderr.write(paint(terminal, stderr, "dim", `  (${error.reason})\n`));
  }
}
