import { join, resolve } from "node:path";
import ts from "typescript";

const ROOT = resolve(__dirname, "../..");

/** What the compiler says, in strict mode, of a program that stands in this repository; empty where it compiles. */
export function compileErrors(program: string): string[] {
  const path = join(ROOT, "a-program-of-the-tests.ts");
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    types: ["node"],
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => name === path || disk.fileExists(name),
    readFile: (name) => (name === path ? program : disk.readFile(name)),
    getSourceFile: (name, version, ...rest) =>
      name === path
        ? ts.createSourceFile(name, program, version)
        : disk.getSourceFile(name, version, ...rest),
  };
  const compiled = ts.createProgram([path], options, host);
  return ts
    .getPreEmitDiagnostics(compiled)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
