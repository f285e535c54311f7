import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { isUpToDate } from "../build/is-up-to-date";

const ROOT = resolve(__dirname, "..");

describe("a build with a type error", function () {
  this.timeout(120_000);

  it("a type error prints the compiler's line and builds nothing", () => {
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

describe("the build after an installation", function () {
  this.timeout(120_000);
  let folder: string;

  /** Writes a file with a modification time this many seconds ago. Its folder is no newer. */
  const write = (path: string, secondsAgo: number, text = "") => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    touch(path, secondsAgo);
    if (dirname(path) !== ".") touch(dirname(path), secondsAgo);
  };
  const touch = (path: string, secondsAgo: number) => {
    const time = Date.now() / 1000 - secondsAgo;
    utimesSync(join(folder, path), time, time);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-installed-"));
    for (const source of ["provider/index.ts", "build/plugin.ts", "package-lock.json"]) write(source, 30);
    write("package.json", 30, readFileSync(join(ROOT, "package.json"), "utf8"));
    write("dist/index.d.ts", 20);
    write("plugin/schema.json", 10);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("the build is not repeated if it is newer than its sources", () => {
    assert.equal(isUpToDate(folder), true);
  });

  for (const [reason, change] of Object.entries({
    "there is none": () => rmSync(join(folder, "dist"), { recursive: true }),
    "it did not get to its end": () => touch("plugin/schema.json", 25),
    "a source was changed while it was made": () => write("provider/keycard/http/request.ts", 15),
    "a source was removed": () => touch("provider", 5),
    "another package may be in it": () => touch("package-lock.json", 5),
  })) {
    it(`the build is repeated if ${reason}`, () => {
      change();
      assert.equal(isUpToDate(folder), false);
    });
  }

  it("the package runs no script when it is installed", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const installing = [
      "preinstall",
      "install",
      "postinstall",
      "prepublish",
      "preprepare",
      "prepare",
      "postprepare",
    ];
    assert.deepEqual(
      installing.filter((name) => name in scripts),
      [],
    );
  });

  it("a build that is only done if needed checks the types first", () => {
    const args = ["build.ts", "--if-needed"];
    cpSync(join(ROOT, "build.ts"), join(folder, "build.ts"));
    touch("build.ts", 30);
    for (const source of ["provider", "build"]) {
      cpSync(join(ROOT, source), join(folder, source), { recursive: true });
      const copied = readdirSync(join(folder, source), { recursive: true });
      for (const path of [...copied.map(String), "."]) touch(join(source, path), 30);
    }
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
    const run = () =>
      spawnSync(process.execPath, ["--require", "tsx/cjs", ...args], { cwd: folder, encoding: "utf8" });
    const fresh = run();
    assert.deepEqual([fresh.status, fresh.stdout + fresh.stderr], [0, ""]);
    touch("provider/index.ts", 5);
    const stale = run();
    // The temporary folder has nothing that the compiler could check.
    assert.equal(stale.status, 1);
    assert.match(stale.stdout + stale.stderr, /error TS5058: .*tsconfig\.build\.json/);
  });
});
