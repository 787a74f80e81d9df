import { readServerConfiguration, silentLogger } from "@slipway/runtime";
import { until } from "@slipway/runtime/testing";
import { type Engines, openEngines } from "@slipway/standalone/engines";

/** Opens the databases that the environment names to servers. */
export async function withEngines(
  environment: Record<string, string>,
  use: (engines: Engines) => Promise<void>,
): Promise<void> {
  const engines = await openEngines(readServerConfiguration(environment), silentLogger);
  try {
    await until("the databases serve", () => engines.find().missing.length === 0);
    await use(engines);
  } finally {
    await engines.close();
  }
}
