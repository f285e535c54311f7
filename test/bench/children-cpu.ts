import { readFileSync } from "node:fs";

/** The unit in which Linux counts, on every machine. */
const TICKS_A_SECOND = 100;

/**
 * Processor seconds of this process's children that have ended, including their own children; null if the system does not
 * report them.
 */
export function childrenCpuSeconds(): number | null {
  if (process.platform !== "linux") return null;
  const text = readFileSync("/proc/self/stat", "utf8");
  // The name of the program, in brackets, may contain any character.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [user, system] = fields.slice(13, 15);
  return (Number(user) + Number(system)) / TICKS_A_SECOND;
}
