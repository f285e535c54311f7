import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "..");

describe("the contributor's guide", () => {
  const text = readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8");
  const [, section = ""] = /\n## The map\n(.*?)\n## /s.exec(text) ?? [];
  const map = section.split("\n").filter((line) => line.startsWith("| `"));
  const mapped = map.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path),
  );

  it("lists every command of package.json", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };
    const listed = [...text.matchAll(/^\| `npm (?:run )?([\w:-]+)` \|/gm)].map(([, name = ""]) => name);
    const called = Object.keys(scripts).filter((name) => !name.startsWith("pre"));
    assert.deepEqual(listed.sort(), called.sort());
  });

  it("maps only folders and files that exist", () => {
    assert.deepEqual(
      mapped.filter((path) => !existsSync(join(ROOT, path))),
      [],
    );
  });

  it("maps each folder and file at the top of the provider", () => {
    const found = readdirSync(join(ROOT, "provider"), { withFileTypes: true });
    const paths = found.map((entry) => `provider/${entry.name}${entry.isDirectory() ? "/" : ""}`);
    assert.deepEqual(
      paths.filter((path) => !mapped.includes(path)),
      [],
    );
  });

  it("names only files of the project that exist", () => {
    const named = [...text.matchAll(/`((?:provider|test|examples)\/[\w./-]+)`/g)].map(
      ([, path = ""]) => path,
    );
    assert.deepEqual(
      named.filter((path) => !existsSync(join(ROOT, path))),
      [],
    );
  });
});
