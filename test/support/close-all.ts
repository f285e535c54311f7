/** Something that is closed at the end of a test. Absent if it was never opened. */
type Closable = { close(): unknown } | (() => unknown) | undefined;

/**
 * Closes each of these in order, even if an earlier one fails. A server that stays open keeps its process alive for ever.
 *
 * @throws what failed, after the last one was closed
 */
export async function closeAll(...all: Closable[]): Promise<void> {
  const failures: unknown[] = [];
  for (const each of all) {
    try {
      await (typeof each === "function" ? each() : each?.close());
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new Error(failures.map((each) => (each as Error).message).join("\n"));
}

/** Waits for what opens, and closes the others if it fails. @throws what failed */
export async function orClose<T>(opening: Promise<T>, ...others: Closable[]): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    await closeAll(...others);
    throw error;
  }
}
