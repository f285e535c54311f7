import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { startKeycard, type Keycard } from "../emulator";
import { languageTools } from "../engine/build-languages";
import { openNewcomer, type Newcomer } from "../lifecycle/support/newcomer";
import { inRunFolder } from "../support/run-folder";

const execute = promisify(execFile);
const ROOT = resolve(__dirname, "../..");
const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  version: string;
};
const DECLARED = { githubToken: "planted-token", DB_PASSWORD: "planted-password" };
const THEIRS = { type: "password", username: "planted-user", password: "planted-theirs" } as const;
/** What a language host says that cannot generate SDKs, such as those that can be built from Go's module proxy. */
const TOO_OLD = /GeneratePackage not implemented|unknown method|Unimplemented/;
/** Seen in the Go host of 3.259. docs/guides/native-plugin.md says what to write instead. */
const GO_UNIONS = /pulumi\.Any \(value of type .*\) is not a type/;

/** Something that is needed cannot be had here. */
class Unavailable extends Error {}

/** A language, and an empty project in it. */
interface Language {
  /** The language as `pulumi convert` calls it. */
  name: string;
  host: string;
  tools: string[];
  /** The file that has the program. */
  program: string;
  files: Record<string, string>;
  /** What a user runs in a new project before `pulumi install`. */
  prepare?: string;
}

const LANGUAGES: readonly Language[] = [
  {
    name: "yaml",
    host: "pulumi-language-yaml",
    tools: [],
    program: "Pulumi.yaml",
    files: { "Pulumi.yaml": "name: imported\nruntime: yaml\n" },
  },
  {
    name: "typescript",
    host: "pulumi-language-nodejs",
    tools: ["npm"],
    program: "index.ts",
    files: {
      "Pulumi.yaml": "name: imported\nruntime: nodejs\nmain: index.ts\n",
      "package.json": JSON.stringify({
        dependencies: { "@pulumi/pulumi": "^3.200.0", "@types/node": "^20", typescript: "~5.9.0" },
      }),
      "tsconfig.json": JSON.stringify({ compilerOptions: { strict: true, module: "nodenext" } }),
      "index.ts": "",
    },
  },
  {
    name: "python",
    host: "pulumi-language-python",
    tools: ["python3"],
    program: "__main__.py",
    files: {
      "Pulumi.yaml": "name: imported\nruntime: python\n",
      "requirements.txt": "pulumi>=3.142.0,<4.0.0\n",
      "__main__.py": "",
    },
    prepare: "python3 -m venv venv && . venv/bin/activate",
  },
  {
    name: "go",
    host: "pulumi-language-go",
    tools: ["go"],
    program: "main.go",
    files: {
      "Pulumi.yaml": "name: imported\nruntime: go\n",
      "go.mod": "module imported\n\ngo 1.25\n\nrequire github.com/pulumi/pulumi/sdk/v3 v3.259.0\n",
      "main.go": "package main\n\nfunc main() {}\n",
    },
  },
];

/** What a case works with. */
interface Bench {
  keycard: Keycard;
  newcomer: Newcomer;
  language: Language;
  /** Runs commands in a new project's folder. */
  run: (script: string) => Promise<string>;
  /** The folder. */
  project: string;
}

/** The example of a language as it stands: `pulumi install`, and then each command of a program's life. */
async function runExample({ keycard, language, project, run }: Bench): Promise<void> {
  const example = join(ROOT, "examples", language.name);
  await cp(example, project, { recursive: true });
  // As `npm install` of the packed file leaves it.
  await mkdir(join(project, "node_modules"));
  await symlink(ROOT, join(project, "node_modules/pulumi-keycard"));
  await run("pulumi install");
  await live(keycard, run);
}

/** The program that `pulumi convert` makes of the example in YAML. */
async function convert({ keycard, language, project, run }: Bench): Promise<void> {
  const source = await readFile(join(ROOT, "examples/yaml/Pulumi.yaml"), "utf8");
  await writeFile(join(project, "Pulumi.yaml"), source.replace(/^packages:\n .*\n/m, ""));
  await run("command -v pulumi-converter-yaml").catch(() => {
    throw new Unavailable("`pulumi-converter-yaml` is not on the PATH");
  });
  await run(`pulumi convert --from yaml --language ${language.name} --generate-only --out made`);
  const inMade = (script: string) => run(`cd made && ${script}`);
  await inMade(`pulumi package add keycard-secrets@${VERSION} && pulumi install`);
  const living = live(keycard, inMade);
  await (language.name === "go" ? assert.rejects(living, GO_UNIONS) : living);
}

/** The program that `pulumi import` generates, pasted as it is. */
async function imported({ keycard, language, project, run }: Bench): Promise<void> {
  for (const [file, text] of Object.entries(language.files)) await writeFile(join(project, file), text);
  const { id } = keycard.put({
    zone_id: "zone_1",
    name: "Their own",
    metadata: { team: "release", limits: { daily: 1.5 } },
    data: THEIRS,
  });
  await run(
    `pulumi stack init dev && pulumi config set keycard-secrets:zoneId zone_1 && ` +
      `pulumi package add keycard-secrets@${VERSION} && ` +
      `pulumi import keycard-secrets:index:Secret theirs zone_1/${id} --yes --protect=false --out generated`,
  );
  const generated = await readFile(join(project, "generated"), "utf8");
  const before = language.name === "yaml" ? await readFile(join(project, "Pulumi.yaml"), "utf8") : "";
  await writeFile(join(project, language.program), before + generated);
  keycard.clearLog();
  const up = run("pulumi install && pulumi up --yes && pulumi up --yes --expect-no-changes");
  if (language.name === "go") return assert.rejects(up, GO_UNIONS);
  const printed = await up;
  assert.match(printed, /1 updated/);
  assert.deepEqual(keycard.requests, [], "the first `pulumi up` sends nothing");
  assert.deepEqual(keycard.secret(id)?.data, THEIRS);
  const state = await run("pulumi stack export --show-secrets");
  for (const value of [THEIRS.username, THEIRS.password]) {
    assert.ok(!(generated + printed + state).includes(value), "a value is shown");
  }
}

async function live(keycard: Keycard, run: Bench["run"]): Promise<void> {
  await run(
    `pulumi stack init dev && pulumi config set keycard-secrets:zoneId zone_1 && ` +
      `pulumi config set --secret githubToken ${DECLARED.githubToken} && pulumi preview`,
  );
  assert.deepEqual(keycard.secrets(), []);
  const printed = await run("pulumi up --yes");
  const held = keycard.secrets().map(({ name, data }) => [name, data] as const);
  assert.deepEqual(Object.fromEntries(held), {
    github: { type: "token", token: DECLARED.githubToken },
    database: { type: "password", username: "app", password: DECLARED.DB_PASSWORD },
  });
  await run("pulumi up --yes --expect-no-changes && pulumi refresh --yes --expect-no-changes");
  const state = await run("pulumi stack export");
  for (const value of Object.values(DECLARED)) {
    assert.ok(!(printed + state).includes(value), "a value is shown");
  }
  await run("pulumi destroy --yes");
  assert.deepEqual(keycard.secrets(), []);
}

/** The cases, and the language that each has no need for. */
const CASES: readonly [what: string, play: (bench: Bench) => Promise<void>, without?: string][] = [
  // test/lifecycle/templates.spec.ts runs the examples in TypeScript.
  ["the example, after `pulumi install`", runExample, "typescript"],
  ["the program of `pulumi import`", imported],
  ["the program of `pulumi convert`", convert, "yaml"],
];

async function runCase(language: Language, play: (bench: Bench) => Promise<void>): Promise<void> {
  const keycard = await startKeycard({ ids: "sequential" });
  const newcomer = await openNewcomer(keycard, await variables(keycard, language), false);
  try {
    for (const tool of [language.host, ...language.tools]) {
      await newcomer.run(`command -v ${tool}`).catch(() => {
        throw new Unavailable(`\`${tool}\` is not on the PATH`);
      });
    }
    await newcomer.run(
      `pulumi plugin install resource keycard-secrets ${VERSION} --file ${join(ROOT, "plugin")}`,
    );
    const project = join(newcomer.folder, "a-project");
    await mkdir(project);
    const { prepare = ":" } = language;
    const run = (script: string) =>
      newcomer.run(`cd a-project; [ -d venv ] && . venv/bin/activate || { ${prepare}; }; ${script}`);
    await play({ keycard, newcomer, language, project, run });
  } catch (error) {
    if (TOO_OLD.test((error as Error).message)) {
      throw new Unavailable(`\`${language.host}\` on the PATH is too old to generate an SDK`);
    }
    throw error;
  } finally {
    await newcomer.close();
    await keycard.close();
  }
}

async function variables(keycard: Keycard, { name }: Language): Promise<Record<string, string>> {
  const own = {
    KEYCARD_CLIENT_ID: keycard.clientId,
    KEYCARD_CLIENT_SECRET: keycard.clientSecret,
    DB_PASSWORD: DECLARED.DB_PASSWORD,
    PULUMI_NODEJS_TRANSPILE_ONLY: "",
    PYENV_ROOT: process.env["PYENV_ROOT"] ?? join(process.env["HOME"] ?? "", ".pyenv"),
  };
  if (name !== "go") return own;
  // They would be below HOME otherwise, and so be downloaded and compiled again.
  const { stdout } = await execute("go", ["env", "-json", "GOPATH", "GOMODCACHE", "GOCACHE"]).catch(() => ({
    stdout: "{}",
  }));
  return { ...own, ...(JSON.parse(stdout) as Record<string, string>), GOWORK: "off" };
}

/**
 * Runs `pulumi install`, and the programs that `pulumi import` and `pulumi convert` generate, in each language, with the
 * language hosts that come with a Pulumi CLI. It needs a CLI of 3.259 or later on the PATH with its hosts, and the registries
 * of the languages. It is not a part of `npm test`: hosts that generate SDKs are in no package registry.
 */
async function main(): Promise<void> {
  // The hosts of the tests come last, so that those of the CLI are used if there are any.
  process.env["PATH"] = `${process.env["PATH"] ?? ""}:${await languageTools(console.error)}`;
  const counts = { passed: 0, failed: 0, notRun: 0 };
  for (const language of LANGUAGES) {
    for (const [what, play, without] of CASES) {
      if (without === language.name) continue;
      const begun = performance.now();
      try {
        await runCase(language, play);
        counts.passed += 1;
        console.log(
          `ok       ${language.name}, ${what}, ${((performance.now() - begun) / 1000).toFixed(0)} s`,
        );
      } catch (error) {
        const isMissing = error instanceof Unavailable;
        counts[isMissing ? "notRun" : "failed"] += 1;
        console.log(
          `${isMissing ? "NOT RUN " : "FAILED  "} ${language.name}, ${what}: ${(error as Error).message}`,
        );
      }
    }
  }
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.notRun} not run`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

void inRunFolder(main, "\n0 passed, 1 failed");
