import { cachedRoot, engineAt, type Engine, type Log } from "./engine";
import { putIntoPlace } from "./put-into-place";
import { runCommand } from "./run-command";
import { testedVersions } from "./versions";

const INSTALLER = "https://get.pulumi.com/install.sh";
const REACHABLE_WITHIN_MS = 10_000;
const INSTALLED_WITHIN_MS = 300_000;

// The SDK rejects a version that another copy of semver has parsed.
const INSTALL = `
  const { createRequire } = require("module");
  const { SemVer } = createRequire(require.resolve("@pulumi/pulumi"))("semver");
  const { PulumiCommand } = require("@pulumi/pulumi/automation");
  const [, root, version] = process.argv;
  PulumiCommand.install({ root, version: new SemVer(version) }).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });`;

/**
 * Runs Pulumi's own installer, through the automation API.
 *
 * @throws when its host cannot be reached within 10 seconds, or the installation fails or takes over 5 minutes
 */
export async function installEngine(log: Log): Promise<Engine> {
  // Checked first, with a short limit: if packets are dropped, the SDK waits two minutes before it gives up.
  await fetch(INSTALLER, { method: "HEAD", signal: AbortSignal.timeout(REACHABLE_WITHIN_MS) }).catch(
    (error: unknown) => {
      throw new Error(`${INSTALLER} cannot be reached (${reasonOf(error)})`);
    },
  );
  const { cli } = testedVersions();
  log(`installing Pulumi ${cli} with its installer (a download of about 100 MB)`);
  const install = (root: string) =>
    // In a separate process, because the SDK's call cannot be stopped.
    runCommand(process.execPath, ["-e", INSTALL, root, cli], {
      cwd: __dirname,
      timeoutMs: INSTALLED_WITHIN_MS,
    });
  await putIntoPlace(
    cachedRoot(),
    async (root) => void (await install(root)),
    (root) => engineAt(root, "installed"),
  );
  return engineAt(cachedRoot(), "installed by Pulumi's installer");
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { message?: string }; message: string };
  return cause?.message ?? message;
}
