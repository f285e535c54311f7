import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { parse } from "yaml";

const FOLDER = resolve(__dirname, "../examples/pull-request-preview");
const TEXT = readFileSync(join(FOLDER, ".github/workflows/keycard-secrets.yml"), "utf8");

interface Step {
  id?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}

interface Job {
  if: string;
  environment?: string;
  permissions: Record<string, string>;
  steps: Step[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: object;
  jobs: Record<"preview" | "comment" | "up", Job>;
}

describe("the workflow for pull requests", () => {
  const { on, permissions, jobs } = parse(TEXT) as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it("gives each job the rights it needs, and no others", () => {
    assert.deepEqual(permissions, {});
    assert.deepEqual(
      Object.entries(jobs).map(([name, job]) => [name, job.permissions]),
      [
        ["preview", { contents: "read" }],
        ["comment", { "pull-requests": "write" }],
        ["up", { contents: "read" }],
      ],
    );
  });

  it("pins every action by its commit and names the release", () => {
    const uses = TEXT.split("\n").filter((line) => line.includes("uses:"));
    assert.equal(uses.length, steps.filter(({ uses }) => uses).length);
    for (const line of uses) assert.match(line, /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("knows Keycard's credentials in the approved job for main alone", () => {
    const secretsOf = (job: Job) =>
      [...JSON.stringify(job).matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
    assert.deepEqual(secretsOf(jobs.preview), ["PULUMI_READ_TOKEN"]);
    assert.deepEqual(secretsOf(jobs.comment), []);
    assert.deepEqual(secretsOf(jobs.up), [
      "PULUMI_WRITE_TOKEN",
      "KEYCARD_CLIENT_ID",
      "KEYCARD_CLIENT_SECRET",
    ]);
    assert.deepEqual([jobs.up.environment, jobs.up.if], ["production", "github.event_name == 'push'"]);
    assert.deepEqual(on["push"], { branches: ["main"] });
  });

  it("runs a fork's code only behind an approval, and without a token to write with", () => {
    assert.match(jobs.preview.environment ?? "", /head\.repo\.fork && 'preview-of-forks' \|\| 'preview'/);
    assert.match(jobs.preview.if, /'pull_request' && !.*fork\) \|\|\s\(.*'pull_request_target' && .*fork\)/s);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    assert.equal(checkouts.length, 2);
    for (const step of checkouts) assert.equal(step.with?.["persist-credentials"], false);
    assert.equal(jobs.comment.steps.filter(({ uses }) => uses).length, 0);
    for (const { run = "" } of steps)
      assert.ok(!run.includes("${{"), `a script has foreign text in it: ${run}`);
  });

  it("is explained in the README, key by key", () => {
    const readme = readFileSync(join(FOLDER, "README.md"), "utf8");
    const words = [
      "pull_request_target",
      "permissions: {}",
      "preview-of-forks",
      "persist-credentials: false",
    ];
    const more = [
      "allow-unsafe-pr-checkout: true",
      "package-manager-cache: false",
      "--ignore-scripts",
      "concurrency",
    ];
    const secrets = [...TEXT.matchAll(/secrets\.(\w+)/g)].map(([, name = ""]) => name);
    for (const word of [...words, ...more, ...secrets]) {
      assert.ok(TEXT.includes(word), `${word} is not in the workflow`);
      assert.ok(readme.includes(word), `${word} is not in the README`);
    }
  });
});

describe("the workflow's scripts", () => {
  const { jobs } = parse(TEXT) as Workflow;
  const scriptOf = (job: Job, id: string) => job.steps.find((step) => step.id === id)?.run ?? "";
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-workflow-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs a script as GitHub does, with a command that it calls played by a few lines of shell. */
  function run(script: string, command: string, play: string, env: Record<string, string>): string {
    const path = join(folder, command);
    writeFileSync(path, `#!/bin/bash\n${play}\n`);
    chmodSync(path, 0o755);
    const PATH = [folder, process.env["PATH"]].join(delimiter);
    execFileSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
      cwd: folder,
      env: { ...env, PATH, GITHUB_OUTPUT: join(folder, "output") },
      stdio: "pipe",
    });
    return existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8") : "";
  }

  const gh = (found: string) =>
    `case "$*" in *--paginate*) echo "${found}" ;; *) echo "$*" >> calls; cat comment.md >> calls ;; esac`;
  const env = { REPOSITORY: "team/secrets", NUMBER: "7", PREVIEW: "~ github\n```\n$(touch ran)\n<b>" };
  const body = [
    "<!-- keycard-secrets-preview -->",
    "What `pulumi up` will do to the secrets:",
    "",
    "    ~ github",
    "    ```",
    "    $(touch ran)",
    "    <b>",
    "",
  ].join("\n");

  it("make one comment, in which nothing of the preview can break out", () => {
    const calls = run(scriptOf(jobs.comment, "comment"), "gh", gh(""), env);
    assert.equal(
      calls,
      `api --method POST repos/team/secrets/issues/7/comments --field body=@comment.md\n${body}`,
    );
    assert.ok(!existsSync(join(folder, "ran")));
  });

  it("update the comment that is there", () => {
    const calls = run(scriptOf(jobs.comment, "comment"), "gh", gh("123"), env);
    assert.equal(
      calls,
      `api --method PATCH repos/team/secrets/issues/comments/123 --field body=@comment.md\n${body}`,
    );
  });

  it("hand a failed preview on, and fail", () => {
    const play = 'echo "preview of $3: no"; exit 3';
    assert.throws(
      () => run(scriptOf(jobs.preview, "preview"), "pulumi", play, { STACK: "dev" }),
      (error: { status?: number }) => error.status === 3,
    );
    const output = readFileSync(join(folder, "output"), "utf8");
    assert.match(output, /^text<<([0-9a-f]{32})\npreview of dev: no\n\n\1\n$/);
  });
});
