import { ConfigurationError } from "@slipway/runtime";
import { runProcess, runUntilStopped } from "../run-process.ts";

/** A server that forgets a handle; says when it runs and when it was closed. `refuse`: one that cannot start. */
const [mode] = process.argv.slice(2);

await runProcess(() =>
  runUntilStopped({ logLevel: "silent" }, process.stderr, async (lifecycle) => {
    if (mode === "refuse") throw new ConfigurationError(["SLIPWAY_LOG: no"]);
    setInterval(() => undefined, 1_000_000);
    lifecycle.add("a part", {
      close: async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (mode === "fail") throw new Error("it does not close");
        process.stdout.write("closed\n");
      },
    });
    process.stdout.write("running\n");
  }),
);
