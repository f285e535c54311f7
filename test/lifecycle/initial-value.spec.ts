import assert from "node:assert/strict";
import { type SecretArgs, type TokenArgs, fromEnv, generated, initialValue } from "pulumi-keycard";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import type { RunResult } from "./support/run-result";
import { type Scene, openScene, token } from "./support/scene";
import { type SentValues, sentValues } from "./support/sent-values";

const PATH = "/zones/zone_1/secrets";
const VARIABLE = "FIRST_VALUE_OF_A_TEST";

const ops = ({ steps }: RunResult) => steps.map(({ name, op, changed }) => [name, op, changed]);

const patch = (body: object) => ({ method: "PATCH", path: `${PATH}/sec_1`, body });

for (const resource of RESOURCES) {
  describe(`an initial value, through ${NAME_OF[resource]}`, () => {
    let scene: Scene;
    let sent: SentValues;

    beforeEach(async () => {
      scene = await openScene({ resource });
      sent = sentValues(scene);
    });
    afterEach(() => {
      delete process.env[VARIABLE];
      return scene.close();
    });

    const secret = (tokenArg: TokenArgs["token"], name = "a"): SecretArgs => ({
      entityId: "ent_1",
      name,
      data: { type: "token", token: tokenArg },
    });

    it("an initial value is sent once, is not in the state, and is not read or compared afterwards", async () => {
      const { stack, keycard } = scene;
      process.env[VARIABLE] = "planted-by-reference";
      const account: SecretArgs = {
        entityId: "ent_2",
        data: { type: "password", username: "app", password: initialValue(fromEnv(VARIABLE)) },
      };
      scene.declare({ a: secret(initialValue("planted-first")), b: account });
      const { path } = await sent.plan();
      await stack.up({ plan: path });
      const held = keycard.secrets().map(({ name, data }) => [name, data] as const);
      assert.deepEqual(Object.fromEntries(held), {
        a: token("first"),
        b: { type: "password", username: "app", password: "planted-by-reference" },
      });
      const { data } = (await scene.stateOf("a")) as { data: { token: { initialValue: { given: string } } } };
      assert.deepEqual(Object.keys(data.token), ["initialValue"]);
      assert.match(data.token.initialValue.given, /^[\w-]{22}$/);
      await sent.assertNowhere();

      // The value is changed in Keycard, the program changes its initial value, and the variable is unset.
      delete process.env[VARIABLE];
      for (const each of keycard.secrets()) keycard.edit(each.id, { description: "Theirs" });
      const id = await scene.idOf("a");
      keycard.edit(id, { data: token("theirs") });
      scene.declare({ a: secret(initialValue("planted-other")), b: account });
      sent.calls();
      const { steps } = await stack.refresh();
      for (const { changed } of steps) assert.ok(!changed.includes("data"), "reports a drift of the value");
      assert.deepEqual([...new Set(sent.calls().map(({ path: of }) => of))], [PATH]);
      assert.deepEqual((await scene.stateOf("a"))["data"], data);

      // Everything else is managed as usual.
      await stack.up();
      assert.deepEqual(
        sent.calls().map(({ method, body }) => [method, body]),
        [
          ["PATCH", { description: "" }],
          ["PATCH", { description: "" }],
        ],
      );
      assert.equal(sent.now(id), "planted-theirs");
      assert.deepEqual((await stack.up()).changes, { same: 3 });
      assert.deepEqual(sent.calls(), []);
      await sent.assertNowhere();
    });

    it("a secret switches between an initial value and other forms, and a new type sends it again", async () => {
      const { stack, keycard } = scene;
      process.env[VARIABLE] = "planted-declared";
      scene.declare({ a: secret(initialValue("planted-first")) });
      await stack.up();
      sent.calls();
      const next = async (args: SecretArgs, body?: object) => {
        scene.declare({ a: args });
        assert.deepEqual(ops(await stack.up()), [["a", "update", ["data"]]]);
        assert.deepEqual(sent.calls(), body ? [patch(body)] : []);
      };
      await next(secret(fromEnv(VARIABLE)), { data: token("declared") });
      keycard.edit("sec_1", { data: token("theirs") });
      await next(secret(initialValue("planted-first")));
      const password = {
        type: "password",
        username: "app",
        password: initialValue("planted-second"),
      } as const;
      await next({ ...secret(""), data: password }, { data: { ...password, password: "planted-second" } });
      scene.declare({ a: secret(generated({ length: 20 })) });
      await stack.up();
      assert.match(sent.now("sec_1"), /^[a-zA-Z0-9]{20}$/);
      sent.calls();
      await next(secret(initialValue("planted-third")));
      assert.deepEqual((await stack.refresh()).changes, { same: 2 });
      assert.deepEqual((await stack.up()).changes, { same: 2 });
      await sent.assertNowhere();
    });

    it("adopting a secret with an initial value neither reads nor changes its value", async () => {
      const { stack, keycard } = scene;
      keycard.put({ id: "theirs", name: "old", data: token("theirs") });
      scene.declare({ a: { ...secret(initialValue("planted-first")), adoptId: "theirs" } });
      await stack.up();
      const calls = sent.calls();
      assert.deepEqual(
        calls.filter(({ method }) => method !== "GET"),
        [{ method: "PATCH", path: `${PATH}/theirs`, body: { name: "a" } }],
      );
      assert.deepEqual(
        [...new Set(calls.map(({ method, path }) => method === "GET" && path))],
        [PATH, false],
      );
      assert.equal(sent.now("theirs"), "planted-theirs");
      assert.deepEqual((await stack.up()).changes, { same: 2 });
      await sent.assertNowhere();
    });
  });
}
