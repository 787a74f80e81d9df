import { fileURLToPath } from "node:url";

/** A command that must be on PATH, and the Debian package that brings it. */
interface Tool {
  /** Prints the version, which is part of what a build is cached by. */
  versionCommand: [string, ...string[]];
  debianPackage: string;
}

/** A language in which a client of Slipway is generated from `proto/`, built and run. */
export interface Language {
  name: string;
  /** Holds the client's source and build.sh, which docs/clients.md shows. */
  folder: string;
  tools: Tool[];
  /** The built client, as a command in the folder of the build. */
  command: [string, ...string[]];
  environment: Record<string, string>;
}

const folder = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export const PYTHON: Language = {
  name: "Python",
  folder: folder("python"),
  tools: [
    {
      versionCommand: ["python3", "-c", "import sys, venv, ensurepip; print(sys.version)"],
      debianPackage: "python3-venv",
    },
  ],
  command: ["venv/bin/python", "client.py"],
  environment: { PYTHONPATH: "generated", PYTHONDONTWRITEBYTECODE: "1" },
};
