import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import ts from "typescript";

const SOURCES = join(__dirname, "contenders");

/** Who is measured: the package, a provider that does nothing, and one as people write it. */
export const CONTENDERS = ["ours", "floor", "conventional"] as const;

/** One of {@link CONTENDERS}. */
export type Contender = (typeof CONTENDERS)[number];

/** As they are run and drawn: ours in the middle, so that each of the others stands right beside it. */
export const SIDE_BY_SIDE: readonly Contender[] = ["floor", "ours", "conventional"];

/**
 * Compiles the contenders' programs to plain JavaScript, as a program in TypeScript has ts-node loaded in every run,
 * which costs a second or two.
 *
 * @param target - a new folder
 */
export async function compileContenders(target: string): Promise<void> {
  const entries = await readdir(SOURCES, { recursive: true });
  for (const entry of entries.filter((name) => name.endsWith(".ts"))) {
    const source = await readFile(join(SOURCES, entry), "utf8");
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.CommonJS,
        esModuleInterop: true,
      },
    });
    const file = join(target, entry.replace(/ts$/, "js"));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, outputText);
  }
}

/**
 * Makes the Pulumi project of a contender.
 *
 * @param compiled - what {@link compileContenders} has filled
 */
export async function makeProject(
  contender: Contender,
  compiled: string,
  project: string,
  modules: string,
): Promise<void> {
  await cp(compiled, project, { recursive: true });
  // Without this the language host loads ts-node for a program in plain JavaScript too.
  const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
  await writeFile(join(project, "Pulumi.yaml"), `name: bench\n${runtime}main: ${contender}.js\n`);
  await writeFile(join(project, "package.json"), JSON.stringify({ name: "bench", main: `${contender}.js` }));
  await symlink(modules, join(project, "node_modules"));
}
