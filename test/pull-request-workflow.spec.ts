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
  needs?: string;
  environment?: string;
  permissions: Record<string, string>;
  steps: Step[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: object;
  jobs: Record<"approval" | "dependabot" | "preview" | "comment" | "up", Job>;
}

describe("the workflow for pull requests", () => {
  const { on, permissions, jobs } = parse(TEXT) as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it("gives each job the rights it needs, and no others", () => {
    assert.deepEqual(permissions, {});
    assert.deepEqual(
      Object.entries(jobs).map(([name, job]) => [name, job.permissions]),
      [
        ["approval", { actions: "read" }],
        ["dependabot", undefined],
        ["preview", { contents: "read", "id-token": "write" }],
        ["comment", { "pull-requests": "write" }],
        ["up", { contents: "read", "id-token": "write" }],
      ],
    );
  });

  it("pins every action by its commit and names the release", () => {
    const uses = TEXT.split("\n").filter((line) => line.includes("uses:"));
    assert.equal(uses.length, steps.filter(({ uses }) => uses).length);
    for (const line of uses) assert.match(line, /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("only the approved job for main has Keycard's credentials", () => {
    const secretsOf = (job: Job) =>
      [...JSON.stringify(job).matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
    const { up, ...others } = jobs;
    for (const job of Object.values(others)) assert.deepEqual(secretsOf(job), []);
    assert.deepEqual(secretsOf(up), ["KEYCARD_CLIENT_ID", "KEYCARD_CLIENT_SECRET"]);
    assert.deepEqual([jobs.up.environment, jobs.up.if], ["production", "github.event_name == 'push'"]);
    assert.deepEqual(on["push"], { branches: ["main"] });
  });

  it("runs a fork's code only after an approval, and without a token that can write", () => {
    assert.match(
      jobs.preview.environment ?? "",
      /full_name == github\.repository && 'preview' \|\| 'preview-of-forks'/,
    );
    assert.match(jobs.preview.if, /'pull_request' && \S+full_name == github\.repository\) \|\|/);
    assert.match(jobs.preview.if, /'pull_request_target' && needs\.approval\.result == 'success'\)/);
    assert.equal(jobs.preview.needs, "approval");
    assert.match(jobs.approval.if, /'pull_request_target' && \S+full_name != github\.repository$/);
    assert.equal(jobs.approval.environment, undefined);
    assert.doesNotMatch(TEXT, /head\.repo\.fork/);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    assert.equal(checkouts.length, 2);
    for (const step of checkouts) assert.equal(step.with?.["persist-credentials"], false);
    assert.equal(jobs.comment.steps.filter(({ uses }) => uses).length, 0);
    for (const { run = "" } of steps)
      assert.ok(!run.includes("${{"), `a script has foreign text in it: ${run}`);
  });

  it("requests a token only after the pull request's packages are installed", () => {
    const order = jobs.preview.steps.map(({ uses, run, id }) => uses?.split("@")[0] ?? id ?? run);
    assert.deepEqual(order, [
      "actions/checkout",
      "merged",
      "actions/setup-node",
      "pulumi/actions",
      "npm ci --ignore-scripts",
      "pulumi/auth-actions",
      "preview",
    ]);
  });

  it("does not preview Dependabot's code, and gives the reason", () => {
    assert.match(jobs.preview.if, /github\.actor != 'dependabot\[bot\]'/);
    assert.match(jobs.dependabot.if, /github\.actor == 'dependabot\[bot\]'/);
    assert.match(jobs.dependabot.steps[0]?.run ?? "", /::notice::Not previewed/);
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

  /** Runs a script as GitHub does. A few lines of shell replace one of its commands. */
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

  it("the scripts write one comment, and nothing in the preview can break out of it", () => {
    const calls = run(scriptOf(jobs.comment, "comment"), "gh", gh(""), env);
    assert.equal(
      calls,
      `api --method POST repos/team/secrets/issues/7/comments --field body=@comment.md\n${body}`,
    );
    assert.ok(!existsSync(join(folder, "ran")));
  });

  it("the scripts update an existing comment", () => {
    const calls = run(scriptOf(jobs.comment, "comment"), "gh", gh("123"), env);
    assert.equal(
      calls,
      `api --method PATCH repos/team/secrets/issues/comments/123 --field body=@comment.md\n${body}`,
    );
  });

  it("the scripts run a fork's preview only if its environment has reviewers", () => {
    const reviewers = (play: string) => () => run(scriptOf(jobs.approval, "reviewers"), "gh", play, env);
    assert.doesNotThrow(reviewers("echo 2"));
    for (const none of ["echo 0", "exit 1"]) {
      assert.throws(reviewers(none), (error: { stdout?: Buffer }) =>
        /::error::.*has no required reviewers/.test(String(error.stdout)),
      );
    }
  });

  it("the scripts preview the merge of the approved commit, and of no later one", () => {
    const merged = (head: string) => () =>
      run(scriptOf(jobs.preview, "merged"), "git", `[ "$*" = "rev-parse HEAD^2" ] && echo ${head}`, {
        APPROVED: "abc",
      });
    assert.doesNotThrow(merged("abc"));
    assert.throws(merged("def"), (error: { stdout?: Buffer }) =>
      /::error::.*newer commit/.test(String(error.stdout)),
    );
  });

  it("the scripts pass a failed preview on, show it in the log, and fail", () => {
    const play = 'echo "preview of $3: no"; exit 3';
    assert.throws(
      () => run(scriptOf(jobs.preview, "preview"), "pulumi", play, { STACK: "dev" }),
      (error: { status?: number; stdout?: Buffer }) =>
        error.status === 3 && String(error.stdout) === "preview of dev: no\n",
    );
    const output = readFileSync(join(folder, "output"), "utf8");
    assert.match(output, /^text<<([0-9a-f]{32})\npreview of dev: no\n\n\1\n$/);
  });
});
