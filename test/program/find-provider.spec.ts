import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { assertProviderFound } from "../../provider/program/secret";

const ROOT = resolve(__dirname, "../..");
const RUNNER = "/x/node_modules/@pulumi/pulumi/cmd/run/index.js";

describe("a workspace in which only another package depends on this one", () => {
  let workspace: string;
  let folder: string;

  beforeEach(() => {
    // The layout of pnpm: each package sees only its own dependencies.
    workspace = mkdtempSync(join(tmpdir(), "pulumi-keycard-workspace-"));
    folder = join(workspace, "infra/stack");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(workspace, "infra/package.json"), "{}");
    mkdirSync(join(workspace, "wrapper/node_modules"), { recursive: true });
    symlinkSync(ROOT, join(workspace, "wrapper/node_modules/pulumi-keycard"));
  });
  afterEach(() => rmSync(workspace, { recursive: true }));

  it("the error names the dependency to add and the file to add it to", () => {
    assert.throws(
      () => assertProviderFound(folder, RUNNER),
      (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.equal(
          error.message,
          `Pulumi loads pulumi-keycard from the program's folder, ${folder}, and cannot find it there, because only another ` +
            `package depends on it. Copy that package's dependency "pulumi-keycard" to ` +
            `${join(workspace, "infra/package.json")} and install again.`,
        );
        return true;
      },
    );
  });

  it("an inline program in another folder than its provider is accepted", () => {
    assertProviderFound(folder, "/x/my-tool.js");
  });

  it("a program whose package has the dependency is accepted", () => {
    assertProviderFound(join(workspace, "wrapper"), RUNNER);
  });
});
