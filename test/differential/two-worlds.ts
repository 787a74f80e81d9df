import { runSequence } from "./run-sequence.ts";
import type { Tally } from "./tally.ts";
import { type HookServer, startHookServer } from "./world/hook-server.ts";
import { World, type WorldOptions } from "./world/world.ts";

/** Makes a world on embedded engines and another one, performs a sequence in both and ends them. */
export async function compareWithEmbedded(
  other: Omit<WorldOptions, "hooks">,
  sequence: { seed: number; operations: number },
): Promise<Tally> {
  const hooks = await startHookServer();
  try {
    return await inTwoWorlds(other, sequence, hooks);
  } finally {
    await hooks.close();
  }
}

async function inTwoWorlds(
  other: Omit<WorldOptions, "hooks">,
  sequence: { seed: number; operations: number },
  hooks: HookServer,
): Promise<Tally> {
  const embedded = await World.open({ name: "embedded", hooks });
  try {
    const second = await World.open({ ...other, hooks });
    try {
      return await runSequence({ worlds: [embedded, second], hooks, ...sequence });
    } finally {
      await second.stop();
    }
  } finally {
    await embedded.stop();
  }
}
