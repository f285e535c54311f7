import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { endOnClosedPipe } from "../../provider/command-line/terminal";
import { startKeycard } from "../emulator";

endOnClosedPipe();

const run = promisify(execFile);

const SECRETS = "/zones/zone_1/secrets";

/** What the calls of the script send, and how the emulator has to answer. */
const EXPECTED = [
  "POST /service-account-token 200",
  `POST ${SECRETS} 201`,
  `POST ${SECRETS} 201`,
  `GET ${SECRETS} 200`,
  `PATCH ${SECRETS}/sec_1 200`,
  `GET ${SECRETS}/sec_1 200`,
  `DELETE ${SECRETS}/sec_1 204`,
  `GET ${SECRETS} 200`,
];

/** The client cannot be had here: there is no Python, or no registry to install it from. */
class Unavailable extends Error {}

/**
 * Runs Keycard's Python client against the emulator, and ends with the line `N passed, N failed`. It needs Python 3.9 or
 * later and the registry of Python's packages, so it is not a part of `npm test`.
 *
 * @param args - `--if-available` makes it no failure that the client cannot be had
 */
async function main(args: string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-python-"));
  try {
    const python = await installClient(folder);
    await callAll(python);
    console.log(
      `The emulator accepts all ${EXPECTED.length} calls of Keycard's Python client.\n\n1 passed, 0 failed`,
    );
  } catch (error) {
    const isLeftOut = error instanceof Unavailable && args.includes("--if-available");
    console.log(isLeftOut ? `NOT RUN: ${error.message}` : (error as Error).message);
    console.log(`\n0 passed, ${isLeftOut ? "0 failed, 1 not run" : "1 failed"}`);
    process.exitCode = isLeftOut ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Installs the client into an environment of its own, and returns the Python that has it. */
async function installClient(folder: string): Promise<string> {
  const python = join(folder, "venv/bin/python");
  try {
    await run("python3", ["-m", "venv", join(folder, "venv")]);
  } catch (error) {
    const { code } = error as { code?: unknown };
    throw new Unavailable(
      code === "ENOENT"
        ? "`python3` was not found on PATH."
        : "`python3 -m venv` failed. Install Python's venv module.",
    );
  }
  try {
    const packages = join(__dirname, "requirements.txt");
    await run(python, [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--retries",
      "1",
      "--timeout",
      "20",
      "-r",
      packages,
    ]);
  } catch {
    throw new Unavailable(
      "Keycard's Python client could not be installed. Check that pip reaches its registry.",
    );
  }
  return python;
}

async function callAll(python: string): Promise<void> {
  const lines: string[] = [];
  const keycard = await startKeycard({
    ids: "sequential",
    onAnswered: ({ method, path, status }) => lines.push(`${method} ${path} ${status}`),
  });
  try {
    const { PATH = "" } = process.env;
    const env = {
      PATH,
      KEYCARD_API_BASE_URL: keycard.url,
      KEYCARD_API_CLIENT_ID: keycard.clientId,
      KEYCARD_API_CLIENT_SECRET: keycard.clientSecret,
    };
    await run(python, [join(__dirname, "calls.py")], { env, timeout: 60_000 });
    assert.deepEqual(lines, EXPECTED);
  } catch (error) {
    throw new Error(`${(error as Error).message}\nThe emulator answered:\n${lines.join("\n")}`, {
      cause: error,
    });
  } finally {
    await keycard.close();
  }
}

void main(process.argv.slice(2));
