import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";

const FOLDER = resolve(__dirname, "../examples/pull-request-preview");
const read = (file: string) => readFileSync(join(FOLDER, file), "utf8");

interface Job {
  environment: string;
  permissions: Record<string, string>;
  steps: { id?: string; uses?: string; run?: string; env?: Record<string, string> }[];
}

describe("the workflow that finds drift", () => {
  const text = read(".github/workflows/keycard-drift.yml");
  const { permissions, jobs } = parse(text) as { permissions: object; jobs: { drift: Job } };

  it("can read, and cannot write: not the state, not the repository, and nothing but in its own environment", () => {
    assert.deepEqual(permissions, {});
    assert.deepEqual(jobs.drift.permissions, { contents: "read", "id-token": "write" });
    assert.equal(jobs.drift.environment, "drift");
    assert.match(text, /scope: user:\$\{\{ vars\.PULUMI_READER \}\}/);
    assert.doesNotMatch(text, /PULUMI_WRITER|pulumi up|--yes/);
    assert.match(text, /--preview-only/);
  });

  it("uses the same actions as the workflow for pull requests, by the same commits", () => {
    const uses = (workflow: string) =>
      [...workflow.matchAll(/uses: (\S+ # \S+)$/gm)].map(([, found]) => found);
    const others = uses(read(".github/workflows/keycard-secrets.yml"));
    assert.ok(uses(text).length >= 4);
    assert.deepEqual(
      uses(text).filter((each) => !others.includes(each)),
      [],
    );
    for (const { run = "" } of jobs.drift.steps) assert.ok(!run.includes("${{"), run);
  });
});

describe("the workflow for YAML and Python", () => {
  const INSTALL = "      - run: npm ci --ignore-scripts\n";
  const text = read("workflow-for-yaml-and-python.yml");
  const [script = "", ...others] = [...text.matchAll(/^ {6}- run: \|\n((?: {10}.*\n)+)/gm)]
    .filter(([, body = ""]) => body.includes("npm ci"))
    .map(([whole]) => whole);

  it("is the workflow for npm, with the packages of Python in addition", () => {
    assert.deepEqual(others, [script]);
    assert.equal(text.replaceAll(script, INSTALL), read(".github/workflows/keycard-secrets.yml"));
  });

  for (const [kind, files, expected] of [
    ["YAML", [], ["npm ci --ignore-scripts"]],
    ["Python", ["requirements.txt"], ["npm ci --ignore-scripts", "python3 -m venv venv", "pip install"]],
  ] as const) {
    it(`installs what a program in ${kind} needs, and runs no script of a package`, () => {
      const folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-workflow-"));
      try {
        for (const file of files) writeFileSync(join(folder, file), "pulumi\n");
        const plays = [
          'npm() { echo "npm $*"; }',
          'python3() { echo "python3 $*"; mkdir -p venv/bin; printf "#!/bin/sh\\necho pip \\$*\\n" > venv/bin/pip; chmod +x venv/bin/pip; }',
        ];
        const body = script.replace(/^.*\n/, "").replace(/^ {10}/gm, "");
        const { stdout, status } = spawnSync(
          "bash",
          ["-euo", "pipefail", "-c", [...plays, body].join("\n")],
          {
            cwd: folder,
            encoding: "utf8",
          },
        );
        assert.equal(status, 0);
        const lines = stdout.trim().split("\n");
        assert.equal(lines.length, expected.length, stdout);
        for (const [index, begin] of expected.entries()) assert.ok(lines[index]?.startsWith(begin), stdout);
        if (kind === "Python") assert.match(stdout, /--only-binary :all:/);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});

describe("the table of drift", () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-drift-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const table = (found: unknown, status = "0") => {
    const file = join(folder, "drift.json");
    writeFileSync(file, typeof found === "string" ? found : JSON.stringify(found));
    const run = spawnSync(process.execPath, [join(FOLDER, "drift-table.mjs"), file, status], {
      encoding: "utf8",
    });
    return { ...run, lines: run.stdout.trim().split("\n") };
  };
  const step = (op: string, name: string, more: object = {}) => ({
    op,
    urn: `urn:pulumi:dev::a::t::${name}`,
    ...more,
  });

  it("is empty and succeeds if nothing differs", () => {
    const { stdout, status } = table({ steps: [step("refresh", "stack"), step("same", "a")] });
    assert.deepEqual([status, stdout], [0, "No secret was changed outside Pulumi.\n"]);
  });

  it("names each secret, what differs, its owner and who can mend it, and fails", () => {
    const { lines, status } = table({
      steps: [
        step("update", "github", {
          newState: { inputs: { metadata: { team: "release" } } },
          detailedDiff: { "data.token": {}, name: {}, "metadata.team": {} },
        }),
        step("delete", "database", { oldState: { inputs: {} } }),
      ],
    });
    assert.equal(status, 1);
    assert.equal(lines.length, 4);
    assert.match(
      lines[2] ?? "",
      /^\| github \| value, name, metadata\.team \| release \| `pulumi up` restores .*`production`/,
    );
    assert.match(lines[3] ?? "", /^\| database \| deleted \| not declared \| `pulumi up` creates it again/);
  });

  it("lets no text from Keycard become Markdown", () => {
    const evil = "<img src=x>|`x`\n[a](http://b) @team";
    const { lines } = table({
      steps: [
        step("update", "a", {
          newState: { inputs: { metadata: { owner: evil } } },
          detailedDiff: { [evil]: {} },
        }),
      ],
    });
    assert.equal(lines.length, 3);
    const cells = lines[2]?.split(" | ").slice(1, 3).join() ?? "";
    assert.doesNotMatch(cells, /[<>|`[\]()@]/);
  });

  it("shows why a refresh failed, also if it printed no JSON", () => {
    const failed = table(
      { steps: [], diagnostics: [{ severity: "error", message: "No Keycard\ncredentials" }] },
      "1",
    );
    assert.equal(failed.status, 1);
    assert.match(failed.stdout, /The refresh failed.*\n\n {4}No Keycard\n {4}credentials/);
    assert.equal(table("", "255").status, 1);
  });
});
