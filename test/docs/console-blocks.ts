/** One command of an example and the lines that the page shows under it (none: any output will do). */
export interface Command {
  text: string;
  expected: string[];
}

/** One fenced `console` block of a page. */
export interface ConsoleBlock {
  /** Line of the opening fence, counted from 1. */
  line: number;
  /** Blocks of one session share a server, a folder and a shell. */
  session: string;
  /** Why the block is not run. */
  skip?: string;
  /** The exit code with which the block's last command ends. */
  exitCode: number;
  commands: Command[];
}

const DEFAULT_SESSION = "page";
const FENCE = /^\s*```/;
const MARK = /^\s*<!--\s*example:\s*(.*?)\s*-->\s*$/;

/** The commands of a block: `$ ` starts one, `> ` or a backslash at the end continues it, the rest is output. */
function commandsOf(lines: string[], firstLine: number): Command[] {
  const commands: Command[] = [];
  let continued = false;
  for (const [index, line] of lines.entries()) {
    const last = commands.at(-1);
    if (last !== undefined && (continued || (last.expected.length === 0 && line.startsWith("> ")))) {
      last.text += `\n${continued ? line.replace(/^> /, "") : line.slice(2)}`;
      continued = last.text.endsWith("\\");
    } else if (line.startsWith("$ ")) {
      commands.push({ text: line.slice(2), expected: [] });
      continued = line.endsWith("\\");
    } else if (last !== undefined) {
      last.expected.push(line);
    } else if (line.trim() !== "") {
      throw new Error(`line ${firstLine + index}: a console block starts with a command ("$ …")`);
    }
  }
  return commands;
}

/**
 * The `console` blocks of a page of Markdown, in order. A comment in the lines before a block marks it:
 * `<!-- example: skip because REASON -->`, `<!-- example: session NAME -->`, `<!-- example: exits with CODE -->`.
 *
 * @throws when a mark is misspelt, a fence is left open, or a block holds no command
 */
export function consoleBlocks(markdown: string): ConsoleBlock[] {
  const lines = markdown.split(/\r?\n/);
  const blocks: ConsoleBlock[] = [];
  let marks: Partial<ConsoleBlock> = {};
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string;
    const mark = MARK.exec(line)?.[1];
    if (mark !== undefined) {
      const [, skip, session, exitCode] = /^(?:skip because (.+)|session (\S+)|exits with (\d+))$/.exec(mark) ?? [];
      if (skip !== undefined) marks.skip = skip;
      else if (session !== undefined) marks.session = session;
      else if (exitCode !== undefined) marks.exitCode = Number(exitCode);
      else throw new Error(`line ${index + 1}: not a mark of an example: "${mark}"`);
    } else if (FENCE.test(line)) {
      const end = lines.findIndex((other, at) => at > index && /^\s*```\s*$/.test(other));
      if (end === -1) throw new Error(`line ${index + 1}: the block never ends`);
      if (/^\s*```console\s*$/.test(line)) {
        const indent = line.length - line.trimStart().length;
        const commands = commandsOf(
          lines
            .slice(index + 1, end)
            .map((inner) => inner.slice(Math.min(indent, inner.length - inner.trimStart().length))),
          index + 2,
        );
        if (commands.length === 0) throw new Error(`line ${index + 1}: a console block without a command`);
        blocks.push({ line: index + 1, session: DEFAULT_SESSION, exitCode: 0, ...marks, commands });
      }
      marks = {};
      index = end;
    } else if (line.trim() !== "") {
      marks = {};
    }
  }
  return blocks;
}
