import assert from "node:assert/strict";
import { type Values, VALUES, adoptionProgram } from "../../provider/command-line/program-text";
import type { Secret } from "../../provider/keycard/wire";
import { compileErrors } from "../support/compile";

const row = (id: string, name: string, type: Secret["type"]): Secret => ({
  id,
  zoneId: "zone_1",
  entityId: "ent_1",
  name,
  type,
  version: 1,
  createdAt: "2026-01-01T00:00:00Z",
  updatedAt: "2026-01-01T00:00:00Z",
});
// Two are called as what a program imports.
const TOKENS = [row("sec_1", "generated", "token"), row("sec_2", "initialValue", "token")];
const PASSWORD = row("sec_3", "Orders database", "password");

function program(values: Values, secrets: readonly Secret[], native = false) {
  const { text } = adoptionProgram("zone_1", secrets, { values, native });
  const [head = ""] = text.split("import ");
  return { text, head };
}

describe("an adopted program", function () {
  this.timeout(60_000);

  for (const values of VALUES) {
    for (const native of [false, true]) {
      it(`the adopted program compiles with --values ${values}${native ? " --native" : ""}`, () => {
        const { text } = program(values, [...TOKENS, PASSWORD], native);
        assert.deepEqual(compileErrors(text), [], text);
      });
    }
  }

  it("the adopted program asks for no value if they are generated or belong to Keycard", () => {
    for (const values of ["generated", "initial"] as const) {
      assert.doesNotMatch(program(values, TOKENS).head, /export|config set/);
      const { head } = program(values, [...TOKENS, PASSWORD]);
      assert.deepEqual(head.match(/pulumi config set .*|export .*/g), [
        "pulumi config set --secret ordersDatabaseUsername",
      ]);
      assert.match(head, /needs the user names/);
    }
  });

  it("the adopted program declares a generated value with a length, and an initial value by a reference", () => {
    const generated = program("generated", [PASSWORD]).text;
    assert.match(generated, /password: generated\(\{ length: 32 \}\) \}/);
    assert.match(generated, /^import \{ generated, Secret \} from "pulumi-keycard";$/m);
    const initial = program("initial", [PASSWORD], true).text;
    assert.match(initial, /password: initialValue\(fromEnv\("SECRET_ORDERS_DATABASE"\)\) \}/);
    assert.match(initial, /^import \{ fromEnv, initialValue, Secret \} from "pulumi-keycard\/native";$/m);
  });

  it("the adopted program asks for each other value in its first lines", () => {
    const steps = (values: Values) => program(values, [...TOKENS, PASSWORD]).head.match(/\/\/ {3}\w.*/g);
    assert.deepEqual(steps("env"), [
      "//   pulumi config set --secret ordersDatabaseUsername",
      "//   export SECRET_ORDERS_DATABASE=…",
      "//   export SECRET_GENERATED=…",
      "//   export SECRET_INITIALVALUE=…",
    ]);
    assert.equal(steps("config")?.length, 4);
  });
});
