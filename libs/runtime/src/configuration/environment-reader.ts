import { readFileSync } from "node:fs";

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** All that is wrong with a configuration, at once. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  /** One line for each problem: the variable, what is wrong, what to write instead. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(["The configuration is wrong:", ...problems.map((problem) => `  ${problem}`)].join("\n"));
    this.problems = problems;
  }
}

/** Reads variables and collects what is wrong with them, so that an operator sees every mistake in one go. */
export class EnvironmentReader {
  readonly #environment: Environment;
  readonly #problems: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** The text of a variable; an empty one counts as absent. */
  text(name: string): string | undefined {
    return this.#environment[name] || undefined;
  }

  /** The text of a variable, or of the file that `NAME_FILE` names (secrets of containers), without its last line end. */
  secret(name: string): string | undefined {
    const file = this.text(`${name}_FILE`);
    if (file === undefined) return this.text(name);
    if (this.text(name) !== undefined) {
      this.problem(`${name}_FILE`, `is set beside ${name}. Set one of them.`);
      return undefined;
    }
    try {
      const secret = readFileSync(file, "utf8").replace(/\r?\n$/, "");
      if (secret !== "") return secret;
      this.problem(`${name}_FILE`, `${file} is empty.`);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.problem(`${name}_FILE`, `${file} cannot be read (${code}). Name a file of yours.`);
    }
    return undefined;
  }

  /** One of a few words. */
  choice<const C extends string>(name: string, choices: readonly C[], fallback: C): C {
    const text = this.text(name) ?? fallback;
    const choice = choices.find((each) => each === text);
    if (choice === undefined) this.problem(name, `"${text}" is none of ${choices.join(", ")}`);
    return choice ?? fallback;
  }

  /** A value that `parse` makes of the text; it throws an Error with the problem in words. */
  parsed<T>(name: string, fallback: string, parse: (text: string) => T): T | undefined {
    return this.#parsed(name, this.text(name) ?? fallback, parse);
  }

  /** Like `parsed`, of a text that may hold a password and so may stand in the file that `NAME_FILE` names. */
  parsedSecret<T>(name: string, fallback: string, parse: (text: string) => T): T | undefined {
    const text = this.secret(name);
    // A file that cannot be read has its own problem already.
    if (text === undefined && this.text(`${name}_FILE`) !== undefined) return undefined;
    return this.#parsed(name, text ?? fallback, parse);
  }

  #parsed<T>(name: string, text: string, parse: (text: string) => T): T | undefined {
    try {
      return parse(text);
    } catch (error) {
      this.problem(name, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** Notes what is wrong with a variable. */
  problem(name: string, what: string): void {
    this.#problems.push(`${name}: ${what}`);
  }

  /** Throws a ConfigurationError when anything was wrong. */
  finish(): void {
    if (this.#problems.length > 0) throw new ConfigurationError(this.#problems);
  }
}
