import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { findEngine } from "../engine/find-engine";
import { runMocha } from "../run-step";
import { inRunFolder } from "../support/run-folder";

const ROOT = resolve(__dirname, "../..");

/**
 * Builds the archive of this platform as a release does, and runs programs with it on a machine without Node.js. It is not
 * a part of `npm test`, because the build installs the Node.js that the archive contains.
 *
 * @param args - options for mocha
 */
async function main(args: string[]): Promise<void> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    console.log(
      "NOT RUN: archives are built on Linux with an x64 processor.\n\n0 passed, 0 failed, 1 not run",
    );
    return;
  }
  const release = mkdtempSync(join(tmpdir(), "pulumi-keycard-release-"));
  try {
    console.log("== release");
    const build = ["tsx/dist/cli.mjs", "build/release.ts", "--platform", "linux-amd64", "--out", release];
    execFileSync(process.execPath, [join("node_modules", build[0] ?? ""), ...build.slice(1)], {
      cwd: ROOT,
      stdio: "inherit",
    });
    console.log("== engine");
    await findEngine();
    console.log("== archive");
    const { passed, failed } = await runMocha(["test/archive/archive.spec.ts", "--timeout=600000", ...args], {
      env: { ...process.env, RELEASE: release },
    });
    console.log(`\n${passed} passed, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
  } finally {
    rmSync(release, { recursive: true, force: true });
  }
}

void inRunFolder(() => main(process.argv.slice(2)), "\n0 passed, 1 failed");
