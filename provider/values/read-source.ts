import { readFile } from "node:fs/promises";
import { runCommand } from "./run-command";
import { unreadable } from "./unreadable-source";
import type { ValueSource } from "./value-source";

/**
 * Reads the value of a source.
 *
 * @param hidden - the values that no error may show
 * @throws an error of `unreadable`, also if the value is empty or not text
 */
export async function readSource(source: ValueSource, hidden: () => readonly string[]): Promise<string> {
  if ("fromEnv" in source) {
    const value = process.env[source.fromEnv];
    // CI systems set the variables of secrets that a run may not see to an empty string.
    if (!value) throw unreadable(source, value === undefined ? "is not set" : "is empty");
    return value;
  }
  const isFile = "fromFile" in source;
  const bytes = isFile ? await bytesOf(source.fromFile) : await runCommand(source, hidden);
  const text = textOf(bytes);
  if (text === undefined) {
    const [event, remedy] = isFile
      ? [
          "is not UTF-8 text",
          "save the file as UTF-8. If it is binary, store it in Base64 and decode it where it is used.",
        ]
      : [
          "wrote output that is not UTF-8 text",
          "make the command write UTF-8, or Base64 if the value is binary.",
        ];
    throw unreadable(source, event, remedy);
  }
  const value = source.trim === false ? text : text.replace(/\r?\n$/, "");
  if (value === "") {
    if (isFile) throw unreadable(source, "is empty", "write the value into the file.");
    throw unreadable(source, "wrote nothing", "make the command write the value to its standard output.");
  }
  return value;
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    const why: Record<string, string> = { ENOENT: "does not exist", EISDIR: "is a folder, not a file" };
    const remedy = code === "ENOENT" ? undefined : "name a file that the user of `pulumi up` can read.";
    throw unreadable({ fromFile: path }, why[code] ?? `cannot be read (${code})`, remedy);
  }
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
