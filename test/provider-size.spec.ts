import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const PROVIDER = resolve(__dirname, "../provider");

interface SourceFile {
  path: string;
  lines: number;
  imports: string[];
}

/** A reader can follow a change only through so many files of such a size. */
describe("the files of the provider", () => {
  const files = sourceFiles();

  it("are at most 85, of which at most 10 have less than 30 lines and none has more than 400", () => {
    assert.ok(files.length <= 85, `${files.length} files`);
    const short = files.filter(({ lines }) => lines < 30).map(({ path }) => path);
    assert.ok(short.length <= 10, `${short.length} short files: ${short.join(", ")}`);
    const long = files.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path}: ${lines}`);
    assert.deepEqual(long, []);
  });

  it("have at most 10,300 lines", () => {
    const total = linesOf(files);
    assert.ok(total <= 10_300, `${total} lines`);
  });

  it("have at most a fifth of their lines in files that a single other file imports", () => {
    const single = files.filter(({ path }) => importersOf(path, files) === 1);
    const share = linesOf(single) / linesOf(files);
    const list = single.map(({ path, lines }) => `${path}: ${lines}`).join("\n");
    assert.ok(share <= 0.2, `${Math.round(share * 100)} %:\n${list}`);
  });
});

function sourceFiles(): SourceFile[] {
  return readdirSync(PROVIDER, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => {
      const text = readFileSync(join(PROVIDER, path), "utf8");
      const specifiers = [...text.matchAll(/(?:from|import|require)\s*\(?\s*"(\.[^"]*)"/g)];
      return {
        path,
        lines: text.split("\n").length - 1,
        imports: specifiers.map(([, name = ""]) =>
          relative(PROVIDER, resolve(PROVIDER, dirname(path), name)),
        ),
      };
    });
}

function importersOf(path: string, files: SourceFile[]): number {
  const names = [path.replace(/\.ts$/, ""), path.replace(/\/?index\.ts$/, "")];
  return files.filter(({ imports }) => imports.some((name) => names.includes(name))).length;
}

function linesOf(files: SourceFile[]): number {
  return files.reduce((sum, { lines }) => sum + lines, 0);
}
