import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import ts from "typescript";

const root = resolve(__dirname, "../..");
const HEADER = `
  import * as pulumi from "@pulumi/pulumi";
  import { Secret, type SecretArgs, type TokenData } from "pulumi-keycard";
  declare const text: pulumi.Output<string>;
  declare const secretText: Promise<string>;
  const token = { type: "token", token: "t" } as const;
`;

/** Programs that have to compile. */
const VALID: Record<string, string> = {
  "only what a secret cannot lack": `new Secret("s", { entityId: "e", data: { type: "token", token: "t" } });`,
  "every argument of a token at once": `new Secret("s", {
    zoneId: "z", entityId: "e", name: "n", description: "d", adoptId: "a",
    metadata: { a: 1, b: [true, null, { c: "d" }] }, data: { type: "token", token: "t" },
  });`,
  "a password with its user's name": `
    new Secret("s", { entityId: "e", data: { type: "password", username: "u", password: "p" } });`,
  "an output or promise for each argument": `
    new Secret("s", {
      zoneId: text, entityId: text, name: secretText, description: text, adoptId: text,
      metadata: pulumi.output({ a: 1 }), data: pulumi.output(token),
    });
    new Secret("s", { entityId: secretText, metadata: Promise.resolve({ a: "b" }), data: Promise.resolve(token) });`,
  "outputs within data and within metadata": `
    new Secret("s", { entityId: "e", data: { type: "token", token: text } });
    new Secret("s", {
      entityId: "e",
      data: { type: "password", username: text, password: new pulumi.Config().requireSecret("p") },
      metadata: { a: text, b: [text, { c: pulumi.output([1]) }], d: secretText },
    });`,
  "data that an output made": `
    new Secret("s", { entityId: "e", data: text.apply((t) => ({ type: "token" as const, token: t })) });
    new Secret("s", { entityId: "e", data: pulumi.secret({ type: "password", username: "u", password: "p" } as const) });`,
  "arguments that stand by themselves": `
    const args: SecretArgs = { entityId: "e", data: token };
    new Secret("s", { ...args, name: "n" }, { protect: true, dependsOn: [new Secret("t", args)] });`,
  "outputs of another secret as arguments": `
    const first = new Secret("first", { entityId: "e", data: token });
    new Secret("s", { zoneId: first.zoneId, entityId: first.entityId, metadata: { v: first.version }, data: first.data });`,
  "each output by its own type": `
    const { id, zoneId, entityId, name, description, metadata, data, type, version, createdAt, updatedAt } =
      new Secret("s", { entityId: "e", data: token });
    const texts: pulumi.Output<string>[] = [id, zoneId, entityId, name, createdAt, updatedAt];
    const number: pulumi.Output<number> = version;
    const optional: pulumi.Output<string | undefined> = description;
    const map: pulumi.Output<Record<string, unknown> | undefined> = metadata;
    const kind: pulumi.Output<"token" | "password"> = type;
    const value = data.apply((d) => (d.type === "token" ? d.token : d.password));
    const length = value.apply((v) => (typeof v === "string" ? v.length : "fingerprint" in v));
    export const all = [texts, number, optional, map, kind, length];`,
  "an existing secret by its id": `
    Secret.get("s", "sec_1", { zoneId: "z" });
    Secret.get("s", text, { zoneId: text }, { protect: true });
    Secret.get("s", "sec_1").data.apply((data) => data.type);`,
  "the resolved type of a value": `const data: TokenData = { type: "token", token: "t" }; export { data };`,
};

/** Programs that must not compile, each with the part of the compiler's message that gives the reason. */
const INVALID: Record<string, [code: string, message: RegExp]> = {
  "a mistyped argument": [
    `new Secret("s", { entityId: "e", descripton: "d", data: token });`,
    /'descripton' does not exist in type 'SecretArgs'/,
  ],
  "a wrong type of data": [
    `new Secret("s", { entityId: "e", data: { type: "key", token: "t" } });`,
    /Type '"key"' is not assignable to type '"token"( \| "password")?'/,
  ],
  "a token with the fields of a password": [
    `new Secret("s", { entityId: "e", data: { type: "token", token: "t", username: "u", password: "p" } });`,
    /'username' does not exist in type/,
  ],
  "a token with only a password": [
    `new Secret("s", { entityId: "e", data: { type: "token", password: "p" } });`,
    /is not assignable|does not exist in type/,
  ],
  "a password with a token": [
    `new Secret("s", { entityId: "e", data: { type: "password", username: "u", password: "p", token: "t" } });`,
    /'token' does not exist in type/,
  ],
  "a password without its user's name": [
    `new Secret("s", { entityId: "e", data: { type: "password", password: "p" } });`,
    /'username' is missing/,
  ],
  "data without a type": [`new Secret("s", { entityId: "e", data: { token: "t" } });`, /is not assignable/],
  "data that is a text": [
    `new Secret("s", { entityId: "e", data: "t" });`,
    /Type 'string' is not assignable/,
  ],
  "a token that is a number": [
    `new Secret("s", { entityId: "e", data: { type: "token", token: 7 } });`,
    /Type 'number' is not assignable to type 'Input<string \| ValueSource/,
  ],
  "an output of another shape as data": [
    `new Secret("s", { entityId: "e", data: pulumi.output({ type: "token" as const, password: "p" }) });`,
    /is not assignable/,
  ],
  "a secret without an entity": [`new Secret("s", { data: token });`, /'entityId' is missing/],
  "a secret without data": [`new Secret("s", { entityId: "e" });`, /'data' is missing/],
  "a secret with a zone alone": [
    `new Secret("s", { zoneId: "z" });`,
    /missing the following .*entityId, data/,
  ],
  "a secret with no argument": [`new Secret("s", {});`, /missing the following .*entityId, data/],
  "a secret without arguments": [`new Secret("s");`, /Expected 2-3 arguments/],
  "a zone that is a number": [
    `new Secret("s", { zoneId: 7, entityId: "e", data: token });`,
    /Type 'number' is not assignable to type 'Input<string>/,
  ],
  "metadata that is a text": [
    `new Secret("s", { entityId: "e", metadata: "m", data: token });`,
    /Type 'string' is not assignable/,
  ],
  "metadata that holds a function": [
    `new Secret("s", { entityId: "e", metadata: { a: () => 1 }, data: token });`,
    /is not assignable/,
  ],
  "metadata that holds an asset": [
    `new Secret("s", { entityId: "e", metadata: { a: new pulumi.asset.StringAsset("x") }, data: token });`,
    /is not assignable/,
  ],
  "an output that is set": [
    `new Secret("s", { entityId: "e", data: token, version: 2 });`,
    /'version' does not exist in type/,
  ],
  "a lookup with other arguments": [
    `Secret.get("s", "sec_1", { zoneId: "z", entityId: "e" });`,
    /'entityId' does not exist in type 'SecretLookup'/,
  ],
  "a lookup without an id": [`Secret.get("s");`, /Expected 2-4 arguments/],
  "an output that does not exist": [
    `new Secret("s", { entityId: "e", data: token }).versions;`,
    /Property 'versions' does not exist on type 'Secret'/,
  ],
  "an output that is overwritten": [
    `new Secret("s", { entityId: "e", data: token }).version = text;`,
    /read-only property/,
  ],
};

describe("the types of the package", function () {
  this.timeout(30_000);
  let messages: Map<string, string[]>;
  let declarations: string | undefined;

  // A single compilation, because most of the time goes into the types of the SDK.
  before(() => {
    const invalid = Object.entries(INVALID).map(([name, [code]]) => [name, code] as const);
    const all = [...Object.entries(VALID), ...invalid];
    const snippets = new Map(
      all.map(([name, code], index) => [join(root, `snippet-${index}.ts`), { name, code: HEADER + code }]),
    );
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      types: ["node"],
    };
    const host = ts.createCompilerHost(options);
    const disk = { ...host };
    host.getSourceFile = (file, ...rest) => {
      const code = snippets.get(file)?.code;
      if (code === undefined) return disk.getSourceFile(file, ...rest);
      return ts.createSourceFile(file, code, ts.ScriptTarget.ES2022, true);
    };
    host.fileExists = (file) => snippets.has(file) || disk.fileExists(file);
    const program = ts.createProgram([...snippets.keys()], options, host);
    declarations = program
      .getSourceFiles()
      .map(({ fileName }) => fileName)
      .find((file) => file.endsWith("/index.d.ts") && !file.includes("node_modules"));
    messages = new Map(
      [...snippets].map(([file, { name }]) => {
        const source = program.getSourceFile(file);
        const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
        return [name, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))];
      }),
    );
  });

  it("the types are those that the build declares", () => {
    assert.equal(declarations, join(root, "dist/index.d.ts"));
  });

  for (const name of Object.keys(VALID)) {
    it(`the types accept ${name}`, () => assert.deepEqual(messages.get(name), []));
  }

  for (const [name, [, message]] of Object.entries(INVALID)) {
    it(`the types reject ${name}`, () => {
      const [first, ...others] = messages.get(name) ?? [];
      assert.match(first ?? "It compiles.", message);
      assert.deepEqual(others, []);
    });
  }
});
