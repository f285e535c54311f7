import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

const ROOT = resolve(__dirname, "../..");
const FILE = join(ROOT, "hover-test.ts");

/** The text that an editor shows for each mark `/*1*\/` in a program: the documentation of the word after it. */
function hoverTexts(program: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    skipLibCheck: true,
    noEmit: true,
  };
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => options,
    getScriptFileNames: () => [FILE],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const text = name === FILE ? program : ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === FILE || ts.sys.fileExists(name),
    readFile: (...args) => ts.sys.readFile(...args),
    readDirectory: (...args) => ts.sys.readDirectory(...args),
    directoryExists: (...args) => ts.sys.directoryExists(...args),
    getDirectories: (...args) => ts.sys.getDirectories(...args),
  };
  const service = ts.createLanguageService(host);
  assert.deepEqual(
    service.getSemanticDiagnostics(FILE).map(({ messageText }) => messageText),
    [],
  );
  return [...program.matchAll(/\/\*\d+\*\//g)].map(({ index, 0: mark }) => {
    const info = service.getQuickInfoAtPosition(FILE, index + mark.length);
    return ts.displayPartsToString(info?.documentation);
  });
}

describe("what an editor shows over a word of a program", function () {
  this.timeout(120_000);

  for (const module of ["pulumi-keycard", "pulumi-keycard/native"]) {
    it(`has a text for every part of \`data\` and for every argument of a call, with ${module}`, () => {
      const texts = hoverTexts(`
        import { Secret, getSecret, listSecretsOutput, fromEnv, fromFile, fromCommand, generated, initialValue } from "${module}";
        new Secret("one", { entityId: "e", data: { /*1*/type: "token", /*2*/token: "t" } });
        const data = { type: "password", username: "app", password: "p" } as const;
        new Secret("two", {
          /*3*/entityId: "e", /*4*/name: "n", /*5*/description: "d", /*6*/metadata: {}, /*7*/maxAgeDays: 1, /*8*/adoptId: "a",
          /*9*/data: { /*10*/type: "password", /*11*/username: "app", /*12*/password: fromEnv("P") },
        });
        void getSecret({ /*13*/id: "s", /*14*/zoneId: "z" });
        void [data, listSecretsOutput({ /*15*/entityId: "e" }), fromFile("f", { /*16*/trim: false })];
        void [fromCommand(["c"], { /*17*/timeoutSeconds: 1 }), generated({ /*18*/length: 9 }), initialValue("v")];
      `);
      assert.equal(texts.length, 18);
      const empty = texts.flatMap((text, index) => (text.trim() === "" ? [index + 1] : []));
      assert.deepEqual(empty, []);
    });

    it(`has a text for the parameters of every function and constructor of ${module}`, () => {
      const file = join(ROOT, module.endsWith("native") ? "dist/native.d.ts" : "dist/index.d.ts");
      const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
      const bare: string[] = [];
      const visit = (node: ts.Node): void => {
        const isCall =
          ts.isFunctionDeclaration(node) || ts.isConstructorDeclaration(node) || ts.isMethodDeclaration(node);
        if (isCall) {
          for (const parameter of node.parameters) {
            const tag = ts.getJSDocParameterTags(parameter)[0];
            const owner = node.name?.getText() ?? (node.parent as ts.ClassDeclaration).name?.getText();
            if (!tag?.comment) bare.push(`${owner}(${parameter.name.getText()})`);
          }
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
      assert.deepEqual(bare, []);
    });
  }
});
