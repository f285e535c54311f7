import assert from "node:assert/strict";
import { inOtherLanguages, mistypedKeys, translated } from "../../provider/engine/plugin/languages";

const token = (given: unknown) => ({ type: "token", token: given });

describe("a program in another language", () => {
  it("keys in snake case are understood, at every level and beside keys in camel case", () => {
    assert.deepEqual(
      translated(token({ initial_value: { fromEnv: "A" } })),
      token({ initialValue: { fromEnv: "A" } }),
    );
    assert.deepEqual(
      translated(token({ from_command: ["a_b", "c"], timeout_seconds: 5, pass_env: ["A_B"] })),
      token({ fromCommand: ["a_b", "c"], timeoutSeconds: 5, passEnv: ["A_B"] }),
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
    assert.equal(inOtherLanguages("use fromEnv and fromFile", token("a")), "use fromEnv and fromFile");
  });
});
