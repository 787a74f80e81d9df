import { fileURLToPath } from "node:url";

/** A command that must be on PATH. */
interface Tool {
  /** Prints the version, which is part of what a build is cached by. */
  versionCommand: [string, ...string[]];
  /** The oldest release that will do, such as `1.21`. */
  minimumVersion: string;
  /** Where it comes from, in words. */
  source: string;
}

/** A language in which a client of Slipway is generated from `proto/`, built and run. */
export interface Language {
  name: string;
  /** Holds the client's source, and build.sh and run.sh, which docs/clients.md shows. */
  folder: string;
  tools: Tool[];
  /** Whether build.sh calls `protoc`, rather than a compiler that it brings itself. */
  needsProtoc: boolean;
}

const folder = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export const PYTHON: Language = {
  name: "Python",
  folder: folder("python"),
  tools: [
    {
      versionCommand: ["python3", "-c", "import platform, venv, ensurepip; print(platform.python_version())"],
      minimumVersion: "3.10",
      source: "apt-get install python3 python3-venv",
    },
  ],
  needsProtoc: false,
};

const GO: Language = {
  name: "Go",
  folder: folder("go"),
  // From 1.21 on, go fetches the release that the module asks for by itself.
  tools: [{ versionCommand: ["go", "version"], minimumVersion: "1.21", source: "https://go.dev/dl" }],
  needsProtoc: true,
};

const JAVA: Language = {
  name: "Java",
  folder: folder("java"),
  tools: [
    {
      versionCommand: ["javac", "-version"],
      minimumVersion: "17",
      source: "apt-get install default-jdk-headless",
    },
    { versionCommand: ["mvn", "--version"], minimumVersion: "3.8", source: "apt-get install maven" },
  ],
  needsProtoc: false,
};

export const LANGUAGES: readonly Language[] = [PYTHON, GO, JAVA];
