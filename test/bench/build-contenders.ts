import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import ts from "typescript";

const SOURCES = join(__dirname, "contenders");

/** The contenders, in the order of tables and charts: a no-op provider, both doors of the package, and a conventional provider. */
export const CONTENDERS = ["noop", "ours", "native", "conventional"] as const;

/** One of {@link CONTENDERS}. */
export type Contender = (typeof CONTENDERS)[number];

/** A program: that of a contender, or one that declares nothing. */
export type BenchProgram = Contender | "empty";

/** The names of the contenders in reports. */
export const NAMES: Record<Contender, string> = {
  noop: "no-op",
  ours: "ours",
  native: "native",
  conventional: "conventional",
};

// As users write it. The language host then loads ts-node for a program in plain JavaScript too, whose source maps make
// each stack trace expensive that the SDK formats.
const RUNTIME = "runtime: nodejs\n";
const PLUGIN = "packages:\n  keycard-secrets: ./node_modules/pulumi-keycard/plugin\n";

/**
 * Compiles the contenders' programs to plain JavaScript, because ts-node would compile them in every run, which costs a
 * second or two.
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
 * Makes the Pulumi project of a program.
 *
 * @param compiled - the folder that {@link compileContenders} has filled
 */
export async function makeProject(
  program: BenchProgram,
  compiled: string,
  project: string,
  modules: string,
): Promise<void> {
  await cp(compiled, project, { recursive: true });
  const packages = program === "native" ? PLUGIN : "";
  await writeFile(join(project, "Pulumi.yaml"), `name: bench\n${RUNTIME}main: ${program}.js\n${packages}`);
  await writeFile(join(project, "package.json"), JSON.stringify({ name: "bench", main: `${program}.js` }));
  await symlink(modules, join(project, "node_modules"));
}
