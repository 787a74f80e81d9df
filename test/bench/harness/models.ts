import type { Connection } from "@slipway/client";
import { together } from "./together.ts";

/** How many callers the numbers of the project speak of. */
export const MANY_CALLERS = 32;

/** Makes models; gives their names. */
export function createModels({ models }: Connection, count: number): Promise<string[]> {
  return together(count, MANY_CALLERS, async (index) => {
    const name = `models/model-${index}`;
    await models.createModel({ model: { name } });
    return name;
  });
}
