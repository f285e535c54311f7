import { readFile } from "node:fs/promises";
import { runCommand } from "./run-command";
import { unreadable } from "./unreadable-source";
import type { ValueSource } from "./value-source";

/**
 * Fetches the value that a source names.
 *
 * @param hidden - what no error may show
 * @throws an error made by `unreadable`, also where there is a value that is empty or not text
 */
export async function readSource(source: ValueSource, hidden: () => readonly string[]): Promise<string> {
  if ("fromEnv" in source) {
    const value = process.env[source.fromEnv];
    // CI systems set the variables of secrets that a run may not see to the empty text.
    if (!value) throw unreadable(source, value === undefined ? "is not set" : "is empty");
    return value;
  }
  const bytes = "fromFile" in source ? await bytesOf(source.fromFile) : await runCommand(source, hidden);
  const text = textOf(bytes);
  if (text === undefined) throw unreadable(source, `${verb(source)} something that is not UTF-8 text`);
  const value = source.trim === false ? text : text.replace(/\r?\n$/, "");
  if (value === "") throw unreadable(source, "fromFile" in source ? "is empty" : "wrote nothing");
  return value;
}

const verb = (source: ValueSource) => ("fromFile" in source ? "holds" : "wrote");

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
    throw unreadable({ fromFile: path }, why);
  }
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
