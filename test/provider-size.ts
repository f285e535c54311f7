/**
 * Prints how large the rooms of the provider are, beside what we aim at. Not a test: a file more is no mistake, but it should
 * be noticed.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const PROVIDER = resolve(__dirname, "../provider");

interface SourceFile {
  path: string;
  lines: number;
  imports: string[];
}

const files = sourceFiles();
const short = files.filter(({ lines }) => lines < 30);
const long = files.filter(({ lines }) => lines > 400);
const single = files.filter(({ path }) => importersOf(path) === 1);

report("files", files.length, 85);
report("files of less than 30 lines", short.length, 10);
report("files of more than 400 lines", long.length, 0);
report("lines", linesOf(files), 10_300);
report("% of the lines in files with one importer", Math.round((100 * linesOf(single)) / linesOf(files)), 20);
for (const { path, lines } of [...long, ...single]) console.log(`  ${path}: ${lines}`);

function report(what: string, is: number, aim: number): void {
  console.log(`${is <= aim ? "ok  " : "over"} ${is} ${what} (aim: at most ${aim})`);
}

function sourceFiles(): SourceFile[] {
  return readdirSync(PROVIDER, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => {
      const text = readFileSync(join(PROVIDER, path), "utf8");
      const names = [...text.matchAll(/(?:from|import|require)\s*\(?\s*"(\.[^"]*)"/g)];
      const imports = names.map(([, name = ""]) =>
        relative(PROVIDER, resolve(PROVIDER, dirname(path), name)),
      );
      return { path, lines: text.split("\n").length - 1, imports };
    });
}

function importersOf(path: string): number {
  const names = [path.replace(/\.ts$/, ""), path.replace(/\/?index\.ts$/, "")];
  return files.filter(({ imports }) => imports.some((name) => names.includes(name))).length;
}

function linesOf(some: SourceFile[]): number {
  return some.reduce((sum, { lines }) => sum + lines, 0);
}
