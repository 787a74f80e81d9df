/** One system call of a trace: where in the trace it began and ended, and its arguments as strace prints them. */
export interface SystemCall {
  name: string;
  text: string;
  began: number;
  ended: number;
}

const WHOLE = /^(?:\[pid +(\d+)\] |(\d+) +)?(\w+)\((.*)\) += /;
const UNFINISHED = /^(?:\[pid +(\d+)\] |(\d+) +)?(\w+)\((.*) <unfinished \.\.\.>$/;
const RESUMED = /^(?:\[pid +(\d+)\] |(\d+) +)?<\.\.\. (\w+) resumed>(.*)\) += /;

/** Reads the output of `strace -f -y`; calls that were cut off by the end of the process are left out. */
export function parseSystemCalls(trace: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const open = new Map<string, { text: string; began: number }>();
  for (const [index, line] of trace.split("\n").entries()) {
    const match = UNFINISHED.exec(line) ?? RESUMED.exec(line) ?? WHOLE.exec(line);
    if (match === null) continue;
    const [, pidInBrackets, pidAlone, name = "", text = ""] = match;
    const thread = `${pidInBrackets ?? pidAlone} ${name}`;
    const unfinished = open.get(thread);
    if (line.endsWith("<unfinished ...>")) open.set(thread, { text, began: index });
    else if (line.includes(" resumed>") && unfinished !== undefined) {
      calls.push({ name, text: unfinished.text + text, began: unfinished.began, ended: index });
      open.delete(thread);
    } else calls.push({ name, text, began: index, ended: index });
  }
  return calls.sort((a, b) => a.began - b.began);
}
