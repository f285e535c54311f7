import { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";
import assert from "node:assert/strict";
import { PluginConfig } from "../../provider/engine/plugin/config";
import { encode } from "../../provider/engine/plugin/properties";
import {
  ResourceCalls,
  inOtherLanguages,
  mistypedKeys,
  translated,
} from "../../provider/engine/plugin/resource-calls";
import { writeHiddenInput } from "../../provider/pulumi-values";
import { SecretProvider } from "../../provider/secret/provider";

const token = (given: unknown) => ({ type: "token", token: given });

describe("a program in another language", () => {
  it("keys in snake case are understood, at every level and beside keys in camel case", () => {
    assert.deepEqual(
      translated(token({ initial_value: { fromEnv: "A" } })),
      token({ initialValue: { fromEnv: "A" } }),
    );
    assert.deepEqual(
      translated(
        token({ from_command: ["a_b", "c"], timeout_seconds: 5, pass_env: ["A_B"], accept_any_value: true }),
      ),
      token({ fromCommand: ["a_b", "c"], timeoutSeconds: 5, passEnv: ["A_B"], acceptAnyValue: true }),
    );
  });

  it("what is no key of a value is left alone", () => {
    for (const data of [undefined, "text", token("from_env"), { type: "token" }, token({ from_envy: "A" })]) {
      assert.deepEqual(translated(data), data);
    }
    const password = { type: "password", username: "from_env", password: { from_env: "A" } };
    assert.deepEqual(translated(password), { ...password, password: { fromEnv: "A" } });
  });

  it("a mistyped key is named, with the right one in the form of the language", () => {
    assert.deepEqual(mistypedKeys(token({ from_envv: "A" })), [
      "`data` has the unknown key `from_envv`. Did you mean `from_env`?",
    ]);
    assert.deepEqual(mistypedKeys(token({ generated: { lenght: 8 } })), [
      "`data` has the unknown key `lenght`. Did you mean `length`?",
    ]);
  });

  it("what only TypeScript can do is not advised", () => {
    const cases = {
      'set it to a string or fromEnv("NAME"). If it comes from `process.env`, the variable is not set':
        'set it to a string or { "fromEnv": "NAME" }',
      'pass the name, as in fromEnv("NAME"), not process.env.NAME':
        'pass the name, as in { "fromEnv": "NAME" }',
      "write pulumi.interpolate`…` instead of `…`": "build the string with `apply` of the output",
    };
    for (const [message, other] of Object.entries(cases)) {
      assert.equal(inOtherLanguages(message, token({ fromEnv: "A" })), other);
    }
  });

  it("lines and errors of later calls have the words of the program, too", async () => {
    const calls = new ResourceCalls(new SecretProvider(), () => new PluginConfig(new Map()));
    const check = (urn: string, given: object, told = {}) =>
      calls.check(new CheckRequest().setUrn(urn).setNews(encode({ data: token(given), ...told })));
    await check("urn:python", { from_env: "PATH" });
    const preview = writeHiddenInput({ urn: "", preview: true });
    await check("urn:typescript", { fromEnv: "PATH" }, { __registration: preview });
    const line = 'raise `timeoutSeconds`, or write fromEnv("NAME")';
    assert.equal(calls.inItsLanguage("urn:typescript", line), line);
    assert.equal(calls.inItsLanguage("urn:of-no-check", line), line);
    assert.equal(
      calls.inItsLanguage("urn:python", line),
      'raise `timeout_seconds`, or write { "from_env": "NAME" }',
    );
  });

  it("a key that resembles none is not shown, because it may be a value", () => {
    assert.deepEqual(mistypedKeys(token({ "planted-value": "A" })), []);
    assert.deepEqual(mistypedKeys(token("planted-value")), []);
  });

  it("a message has keys instead of the functions of TypeScript", () => {
    const message =
      'must be a string, fromEnv("NAME"), fromCommand(["a", "b"]), generated({ length: 32 }) or initialValue("value")';
    assert.equal(
      inOtherLanguages(message, token({ fromEnvv: "A" })),
      'must be a string, { "fromEnv": "NAME" }, { "fromCommand": ["a", "b"] }, { "generated": { length: 32 } } or { "initialValue": "value" }',
    );
    assert.equal(
      inOtherLanguages('set it to fromEnv("NAME")', token({ from_envv: "A" })),
      'set it to { "from_env": "NAME" }',
    );
    const meant = 'set `acceptAnyValue`, or write fromEnv("NAME", { acceptAnyValue: true })';
    assert.equal(
      inOtherLanguages(meant, token({ fromEnv: "A" })),
      'set `acceptAnyValue`, or write { "fromEnv": "NAME", "acceptAnyValue": true }',
    );
    assert.equal(
      inOtherLanguages(meant, token({ from_env: "A" })),
      'set `accept_any_value`, or write { "from_env": "NAME", "accept_any_value": true }',
    );
    assert.equal(inOtherLanguages("use fromEnv and fromFile", token("a")), "use fromEnv and fromFile");
  });
});
