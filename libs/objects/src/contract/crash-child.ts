/*
 * A process that puts objects until it is killed: node crash-child.ts MODULE_URL ARGUMENT ROUND [OBJECTS]. It prints
 * the number of each object after its put was acknowledged.
 */
import { writeSync } from "node:fs";
import { crashKey, crashSample } from "./crash-sample.ts";
import type { OpenerModule } from "./place.ts";

const PUTS_IN_FLIGHT = 8;

/** The default is an end for the case that the parent dies before it kills. */
const [, , moduleUrl = "", argument = "", round = "", objects = "5000"] = process.argv;
const { open } = (await import(moduleUrl)) as OpenerModule;
const store = await open(argument);
let next = 0;

async function putUntilKilled(): Promise<void> {
  while (next < Number(objects)) {
    const n = next;
    next += 1;
    await store.put(crashKey(round, n), crashSample(round, n));
    writeSync(process.stdout.fd, `${n}\n`);
  }
}

await Promise.all(Array.from({ length: PUTS_IN_FLIGHT }, putUntilKilled));
