import type { dynamic } from "@pulumi/pulumi";
import assert from "node:assert/strict";
import type { SecretInputs } from "../../provider/secret/fields";
import type { SecretState } from "../../provider/secret/state";
import { fingerprintOf, recipeFor } from "../../provider/values/fingerprint";
import { KINDS } from "../../provider/values/kinds";
import type { DeclaredData, SecretData } from "../../provider/values/types";
import {
  type CheckContext,
  type CheckedValue,
  type SendTools,
  type ValueToSend,
  Value,
  givenIn,
  withGiven,
} from "../../provider/values/value";
import { type Calls, pluginCalls } from "../support/plugin-calls";
import { NAME_OF } from "../support/resource-kinds";
import { get, keycard, nextRun, patch, provider, start, useProvider } from "../support/secret-provider";

const TEXT = "planted-in-store";
const store = new Map<string, string>();

/** A token or password in a store of the test, by its name. The state has the name and a fingerprint. */
class Stored extends Value {
  static readonly examples = ['fromStore("name")'];

  static readonly keys = ["fromStore"];

  private get name(): string {
    return (this.given as { fromStore: string }).fromStore;
  }

  override async check(_held: Value, { reader }: CheckContext): Promise<CheckedValue> {
    const text = store.get(this.name);
    if (text === undefined) {
      return { data: this.data, problems: [`\`${this.path}.fromStore\` names nothing in the store`] };
    }
    reader.hide(text);
    return { data: this.with(await this.kept(text)), text };
  }

  override toSend({ hide }: SendTools): Promise<ValueToSend> {
    const text = store.get(this.name) ?? "";
    hide(text);
    return Promise.resolve({
      data: this.with(text) as SecretData,
      kept: this.data,
      unconfirmed: this.data,
    });
  }

  override async keptAfterRead(found: SecretData): Promise<DeclaredData> {
    return withGiven(found, await this.kept(givenIn(found) as string));
  }

  private async kept(text: string): Promise<object> {
    return { fromStore: this.name, fingerprint: await fingerprintOf(text, recipeFor(this.name)) };
  }
}

const declared = (name = "github", args: object = {}) => ({
  zoneId: "zone_1",
  entityId: "ent_1",
  name: "a",
  data: { type: "token", token: { fromStore: name } } as unknown as SecretInputs["data"],
  ...args,
});

const now = () => keycard.secret("sec_1")?.data;
const writes = () => keycard.calls().filter(({ method }) => method !== "GET");

describe("a further way to give a value", () => {
  useProvider();
  before(() => void KINDS.push(Stored));
  after(() => void KINDS.pop());
  beforeEach(async () => {
    store.clear();
    store.set("github", TEXT);
    await start();
  });

  for (const resource of ["dynamic", "native"] as const) {
    describe(`through ${NAME_OF[resource]}`, () => {
      let calls: Calls;

      /** Starts another run, without the memory of the one before. */
      const anotherRun = (readValues = "true") => {
        nextRun({ "keycard-secrets:readValues": readValues });
        const { url: endpoint, accessToken } = keycard;
        calls = resource === "dynamic" ? provider : pluginCalls({ endpoint, accessToken, readValues });
      };
      beforeEach(() => anotherRun());

      const check = async (news: object, olds: object = {}) =>
        (await calls.check(olds, news)).inputs as SecretInputs;

      const created = async () => {
        const inputs = await check(declared());
        const made = await calls.create(inputs);
        assert.equal(made.id, "sec_1");
        keycard.clearLog();
        return { inputs, state: made.outs as SecretState };
      };

      const updated = async (state: SecretState, news: SecretInputs) =>
        (await calls.update("sec_1", state, news)).outs as SecretState;

      const isChange = async (state: SecretState, olds: SecretInputs, news: SecretInputs) => {
        const { changes }: dynamic.DiffResult = await calls.diff("sec_1", state, news);
        // If `diff` leaves it to the engine, that compares the inputs.
        return changes ?? JSON.stringify(olds) !== JSON.stringify(news);
      };

      it("is created with its value, which the state does not have", async () => {
        const { inputs, state } = await created();
        assert.deepEqual(now(), { type: "token", token: TEXT });
        assert.deepEqual(state.data, inputs.data);
        assert.ok(!JSON.stringify([inputs, state]).includes(TEXT));
      });

      it("is no change while it is the same, and is sent when it is another", async () => {
        const { inputs, state } = await created();
        const same = await check(declared(), inputs);
        assert.equal(await isChange(state, inputs, same), false);
        store.set("github", "planted-new");
        const news = await check(declared(), inputs);
        assert.equal(await isChange(state, inputs, news), true);
        const outs = await updated(state, news);
        assert.deepEqual(keycard.calls(), [patch({ data: { type: "token", token: "planted-new" } })]);
        assert.equal(await isChange(outs, news, news), false);
      });

      it("sends nothing if another name has the same value", async () => {
        const { inputs, state } = await created();
        store.set("copy", TEXT);
        const news = await check(declared("copy"), inputs);
        const outs = await updated(state, news);
        assert.deepEqual([writes(), outs.data], [[], news.data]);
      });

      it("shows the drift of a value that somebody else has set, without that value", async () => {
        const { inputs, state } = await created();
        const unchanged = await calls.read("sec_1", state);
        assert.deepEqual(unchanged.props, state);
        keycard.edit("sec_1", { data: { type: "token", token: "planted-theirs" } });
        anotherRun();
        const read = await calls.read("sec_1", state);
        const props = read.props as SecretState;
        assert.ok(keycard.calls().some(({ path }) => path === get.path));
        assert.ok(!JSON.stringify(read).includes("planted-theirs"));
        assert.notDeepEqual(props.data, state.data);
        keycard.clearLog();
        await calls.update("sec_1", props, inputs);
        assert.deepEqual(keycard.calls(), [patch({ data: { type: "token", token: TEXT } })]);
      });

      it("counts as unread if values must not be read", async () => {
        const { state } = await created();
        keycard.edit("sec_1", { name: "Theirs" });
        anotherRun("false");
        const props = (await calls.read("sec_1", state)).props as SecretState;
        const { token } = props.data as unknown as { token: Record<string, unknown> };
        assert.deepEqual([token["fromStore"], token["unreadVersion"]], ["github", 2]);
      });
    });
  }

  it("is named among the ways to give a value, and is refused for a user name", async () => {
    const reasons = async (data: unknown) =>
      ((await provider.check({}, { ...declared(), data })).failures ?? []).map(({ reason }) => reason).join();
    assert.match(
      await reasons({ type: "token", token: 5 }),
      /must be a string, .*initialValue\("value"\) or fromStore\("name"\)/,
    );
    const account = { type: "password", username: { fromStore: "github" }, password: "planted" };
    assert.match(await reasons(account), /^`data\.username` must be a string: only/);
    assert.match(
      await reasons({ type: "token", token: { fromStore: "gone" } }),
      /^`data\.token\.fromStore` names nothing/,
    );
  });
});
