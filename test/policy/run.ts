import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { startKeycard, type Keycard } from "../emulator";
import { findEngine } from "../engine/find-engine";
import { engineEnvironment } from "../lifecycle/support/environment";

const ROOT = resolve(__dirname, "../..");
const PACKAGES = ["@pulumi/policy@1.21.0", "@pulumi/pulumi@3.248.0"];
/**
 * Runs the pack as an executable analyzer, which CLI 3.274 takes in place of a folder: the language host that can be built from
 * Go's module proxy is too old to run packs, and says "not supported".
 */
const ANALYZER = `#!/bin/sh
cd "$(dirname "$0")" && exec node "$(node -p 'require.resolve("@pulumi/pulumi/cmd/run-policy-pack")')" "$1" .
`;

const DAY_MS = 86_400_000;

const run = promisify(execFile);

interface Outcome {
  code: number;
  output: string;
}

/**
 * Runs the example of a policy pack with both ways of declaring a secret, and ends with the line `N passed, N failed`. It
 * installs `@pulumi/policy` from the registry.
 */
async function main(args: string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-policy-"));
  const keycard = await startKeycard({ clockOffsetMs: -100 * DAY_MS });
  try {
    const pack = join(folder, "pack");
    await cp(join(ROOT, "examples/policy-pack"), pack, { recursive: true });
    await writeFile(join(pack, "analyzer"), ANALYZER, { mode: 0o755 });
    try {
      await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...PACKAGES], {
        cwd: pack,
      });
    } catch (error) {
      if (!args.includes("--if-available")) throw error;
      console.log("NOT RUN: the registry does not have @pulumi/policy.\n\n0 passed, 0 failed");
      return;
    }
    const failures: string[] = [];
    let count = 0;
    for (const [module, extra] of [
      ["pulumi-keycard", ""],
      ["pulumi-keycard/native", "packages:\n  keycard-secrets: ./node_modules/pulumi-keycard/plugin\n"],
    ] as const) {
      for (const [what, declared, wanted, { isOld = false, code = 1 }] of CASES) {
        count += 1;
        const outcome = await preview({
          folder: join(folder, `case-${count}`),
          pack,
          keycard,
          module,
          extra,
          declared,
          isOld,
        });
        const missing = wanted.filter((text) => !outcome.output.includes(text));
        const isWrong = missing.length > 0 || outcome.code !== code;
        if (isWrong || outcome.output.includes("planted-"))
          failures.push(`${module}, ${what}:\n${outcome.output}`);
      }
    }
    for (const failure of failures) console.error(failure);
    console.log(`\n${count - failures.length} passed, ${failures.length} failed`);
    process.exitCode = failures.length === 0 ? 0 : 1;
  } finally {
    await keycard.close();
    await rm(folder, { recursive: true });
  }
}

const AS_WANTED = `metadata: { owner: "release" }, data: { type: "token", token: fromEnv("TOKEN") }`;

/** What is declared, whether it exists since 100 days, and which rules it violates. */
const CASES: readonly [
  what: string,
  declared: string,
  says: readonly string[],
  how: { isOld?: boolean; code?: number },
][] = [
  ["a secret as the rules want it", AS_WANTED, [], { code: 0 }],
  [
    "an old secret",
    AS_WANTED,
    ["value-is-not-old", "was not updated for 100 days"],
    { isOld: true, code: 0 },
  ],
  [
    "an inline value without an owner",
    `data: { type: "password", username: "app", password: pulumi.secret("planted-value") }`,
    ["secret-has-an-owner", "value-by-reference"],
    {},
  ],
];

interface Case {
  folder: string;
  pack: string;
  keycard: Keycard;
  module: string;
  extra: string;
  declared: string;
  isOld: boolean;
}

async function preview({ folder, pack, keycard, module, extra, declared, isOld }: Case): Promise<Outcome> {
  const [home, state] = [join(folder, "home"), join(folder, "state")];
  for (const each of [home, state]) await mkdir(each, { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "Pulumi.yaml"), `name: policies\nruntime: nodejs\nmain: index.js\n${extra}`);
  await writeFile(join(folder, "package.json"), "{}");
  await writeFile(
    join(folder, "index.js"),
    `const pulumi = require("@pulumi/pulumi");\nconst { Secret, fromEnv } = require("${module}");\n` +
      `new Secret("one", { zoneId: "z", entityId: "e", ${declared} });\n`,
  );
  const { pulumi } = await findEngine(() => undefined);
  const env = {
    ...engineEnvironment({ home, state }),
    PATH: [dirname(process.execPath), dirname(pulumi), process.env["PATH"]].join(delimiter),
    HOME: home,
    KEYCARD_ENDPOINT: keycard.url,
    KEYCARD_ACCESS_TOKEN: keycard.accessToken,
    TOKEN: "planted-token",
  };
  await run(pulumi, ["stack", "init", "dev"], { cwd: folder, env });
  if (isOld) await run(pulumi, ["up", "--yes", "--skip-preview", "--non-interactive"], { cwd: folder, env });
  const command = ["preview", "--non-interactive", "--policy-pack", join(pack, "analyzer")];
  return run(pulumi, command, { cwd: folder, env, maxBuffer: 1 << 26 }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      output: stdout + stderr,
    }),
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
