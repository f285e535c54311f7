import type { dynamic } from "@pulumi/pulumi";

/** Texts that the SDK is about to print for errors that the engine also shows. */
const repetitions: string[] = [];

const WATCHED = ["check", "diff", "read", "delete"] as const;

/**
 * Lets each error of a provider appear once, without its stack. If one of these methods throws, the SDK prints the error with
 * its stack and also passes it to the engine, which shows the message with its resource.
 *
 * @returns the same provider
 */
export function printedOnce<T extends dynamic.ResourceProvider>(provider: T): T {
  for (const name of WATCHED) {
    const method = provider[name]?.bind(provider) as ((...args: unknown[]) => Promise<unknown>) | undefined;
    if (!method) continue;
    const watched = async (...args: unknown[]) => {
      try {
        return await method(...args);
      } catch (error) {
        if (error instanceof Error) keepQuiet(error);
        throw error;
      }
    };
    Object.assign(provider, { [name]: watched });
  }
  return provider;
}

function keepQuiet(error: Error): void {
  if (repetitions.length === 0) watchConsole();
  error.stack = "";
  repetitions.push(`${String(error)}: ${error.stack}`);
}

function watchConsole(): void {
  const print = console.error;
  console.error = (...parts: unknown[]) => {
    const index = parts.length === 1 ? repetitions.indexOf(parts[0] as string) : -1;
    if (index < 0) return print(...parts);
    repetitions.splice(index, 1);
    if (repetitions.length === 0) console.error = print;
  };
}
