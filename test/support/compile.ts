import { join, resolve } from "node:path";
import ts from "typescript";

const ROOT = resolve(__dirname, "../..");

/** Replaces the SDK that Pulumi generates from Keycard's Terraform provider. */
const BRIDGED = resolve(__dirname, "bridged-keycard.d.ts");

// Parsing the SDK's types takes most of the time.
const read = new Map<string, ts.SourceFile>();

/** The compiler's errors, in strict mode, for a program in this repository; empty if it compiles. */
export function compileErrors(program: string): string[] {
  const path = join(ROOT, "a-program-of-the-tests.ts");
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    // Top-level `await` requires an ES module.
    module: /^const .*await /m.test(program) ? ts.ModuleKind.ES2022 : ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    types: ["node"],
  };
  const disk = hostOf(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => name === path || disk.fileExists(name),
    readFile: (name) => (name === path ? program : disk.readFile(name)),
    getSourceFile: (name, version, ...rest) =>
      name === path
        ? ts.createSourceFile(name, program, version)
        : disk.getSourceFile(name, version, ...rest),
  };
  return errorsOf(ts.createProgram([path, BRIDGED], options, host));
}

/** The compiler's errors for a project with its own `tsconfig.json`; empty if it compiles. */
export function projectErrors(folder: string): string[] {
  const settings = ts.getParsedCommandLineOfConfigFile(
    join(folder, "tsconfig.json"),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (problem) => {
        throw new Error(textOf(problem));
      },
    },
  );
  if (settings === undefined || settings.fileNames.length === 0) return [`${folder} holds no project`];
  const { fileNames, options, errors } = settings;
  return [...errors.map(textOf), ...errorsOf(ts.createProgram(fileNames, options, hostOf(options)))];
}

function hostOf(options: ts.CompilerOptions): ts.CompilerHost {
  const disk = ts.createCompilerHost(options);
  return {
    ...disk,
    getSourceFile: (name, ...rest) => {
      const known = read.get(name);
      if (known !== undefined) return known;
      const file = disk.getSourceFile(name, ...rest);
      if (file !== undefined && name.includes("node_modules")) read.set(name, file);
      return file;
    },
  };
}

function errorsOf(program: ts.Program): string[] {
  return ts.getPreEmitDiagnostics(program).map(textOf);
}

function textOf({ messageText }: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(messageText, "\n");
}
