import { styleText } from "node:util";

const LEVEL_COLOURS = { debug: "gray", info: "green", warn: "yellow", error: "red" } as const;

/** A JSON log line as people read it: time, level, message, then `name=value`; the stack of an error on its own lines. */
export function formatLine(line: string, coloured: boolean): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as {
    level: keyof typeof LEVEL_COLOURS;
    time: string;
    msg?: string;
    err?: { message?: string; stack?: string };
  } & Record<string, unknown>;
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    coloured ? styleText(format, text, { validateStream: false }) : text;
  const pairs = Object.entries(fields).map(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return `${paint("dim", `${name}=`)}${/[\s"=]/.test(text) ? JSON.stringify(text) : text}`;
  });
  const head = [time.slice(11, 23), paint(LEVEL_COLOURS[level], level.toUpperCase().padEnd(5)), msg ?? "", ...pairs];
  const stack = err === undefined ? "" : `\n  ${(err.stack ?? err.message ?? "").replaceAll("\n", "\n  ")}`;
  return `${head.join(" ")}${stack}\n`;
}
