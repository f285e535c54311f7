import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "..");

describe("a build with a type error", function () {
  this.timeout(120_000);

  it("ends with the compiler's line, and builds nothing", () => {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-build-"));
    try {
      for (const name of [
        "provider",
        "build",
        "build.ts",
        "tsconfig.json",
        "tsconfig.build.json",
        "package.json",
      ]) {
        cpSync(join(ROOT, name), join(folder, name), { recursive: true });
      }
      symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
      writeFileSync(join(folder, "provider/planted.ts"), 'export const count: number = "one";\n');
      const { status, stdout, stderr } = spawnSync(process.execPath, ["--require", "tsx/cjs", "build.ts"], {
        cwd: folder,
        encoding: "utf8",
      });
      const last = (stdout + stderr).trim().split("\n").at(-1) ?? "";
      assert.equal(status, 1, stdout + stderr);
      assert.match(last, /^provider\/planted\.ts\(1,14\): error TS2322: /);
      assert.equal(existsSync(join(folder, "dist")), false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
