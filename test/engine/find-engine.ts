import { buildEngine, goVersion } from "./build-engine";
import { cachedRoot, engineAt, engineOnPath, type Engine, type Log } from "./engine";
import { installEngine } from "./install-engine";
import { cliModule, testedVersions } from "./versions";

/** One way to get an engine. Rejects with the reason if it fails. */
export interface Way {
  name: string;
  get: (log: Log) => Promise<Engine>;
}

/** The ways to get an engine, quickest first. */
export const WAYS: readonly Way[] = [
  { name: "pulumi on the PATH", get: () => engineOnPath() },
  { name: "an engine kept from before", get: () => engineAt(cachedRoot(), `kept in ${cachedRoot()}`) },
  { name: "Pulumi's installer", get: installEngine },
  { name: "a build with Go", get: buildEngine },
];

/**
 * Finds a Pulumi engine, or installs or builds one. No test is skipped without an engine: tests that need it fail, and
 * the error names what to install.
 *
 * @param log - takes the progress; default: stderr
 * @param ways - what to try, in this order
 * @throws when every way failed; the message names each way and its reason
 */
export async function findEngine(log: Log = toStderr, ways: readonly Way[] = WAYS): Promise<Engine> {
  const go = goVersion(cliModule(testedVersions().cli));
  const failures: string[] = [];
  for (const way of ways) {
    try {
      return await way.get(log);
    } catch (error) {
      const failure = `${way.name}: ${(error as Error).message}`;
      failures.push(failure);
      log(`not ${failure}`);
    }
  }
  throw new Error(
    [
      "There is no Pulumi engine, and the lifecycle tests need one. Tried:",
      ...failures.map((failure) => `  - ${failure}`),
      `Install Pulumi (https://www.pulumi.com/docs/install/), or Go ${go} or newer (https://go.dev/dl/) to ` +
        "have it built, then run `npm run engine`.",
    ].join("\n"),
  );
}

function toStderr(line: string): void {
  process.stderr.write(`engine: ${line}\n`);
}
