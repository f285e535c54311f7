import * as fc from "fast-check";
import assert from "node:assert/strict";
import sinon from "sinon";
import { isObject, sameJson } from "../../provider/json";
import { HIDDEN_INPUT, UNKNOWN_VALUE, holdsUnknown, writeHiddenInput } from "../../provider/pulumi-values";
import type { SecretInputs } from "../../provider/secret/fields";
import type { SecretState } from "../../provider/secret/state";
import { type Keycard, type SecretData, startKeycard } from "../emulator";
import { SecretProvider } from "../support/dynamic-resource";
import { type Calls, pluginCalls } from "../support/plugin-calls";
import { NAME_OF } from "../support/resource-kinds";

type Type = SecretData["type"];

/** One way to declare a value. */
interface Form {
  kind: "inline" | "fromEnv" | "generated" | "initial";
  type: Type;
  username: string;
  /** The text of an inline value, a referenced value or an initial value. */
  text: string;
  options: { length: number; rotation?: string; rotateAfterDays?: number };
}

/** A change to a secret or its declaration. */
type Step =
  | { do: "declare"; form: Form }
  | { do: "describe"; description: string }
  | { do: "edit"; data: SecretData }
  | { do: "refresh" }
  | { do: "wait"; days: number };

const VARIABLE = "VALUE_OF_A_PROPERTY_TEST";
const URN = "urn:pulumi:test::test::pulumi-nodejs:dynamic/keycard:Secret::a";
const DAY_MS = 86_400_000;

const text = fc.constantFrom("planted-one", "planted-two");
const type = fc.constantFrom<Type>("token", "token", "password");
const form: fc.Arbitrary<Form> = fc.record({
  kind: fc.constantFrom("inline", "fromEnv", "generated", "generated", "initial"),
  type,
  username: fc.constantFrom("app", "app", "web"),
  text,
  options: fc.record(
    {
      length: fc.constantFrom(16, 16, 20),
      rotation: fc.constantFrom("2026-12", "2027-01"),
      rotateAfterDays: fc.constantFrom(30, 90),
    },
    { requiredKeys: ["length"] },
  ),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("declare" as const), form }) },
  fc.record({ do: fc.constant("describe" as const), description: fc.constantFrom("one", "two") }),
  fc.record({
    do: fc.constant("edit" as const),
    data: fc.oneof(
      fc.record({
        type: fc.constant("token" as const),
        token: fc.constantFrom("planted-one", "planted-theirs"),
      }),
      fc.record({
        type: fc.constant("password" as const),
        username: fc.constantFrom("app", "theirs"),
        password: fc.constantFrom("planted-one", "planted-theirs"),
      }),
    ),
  }),
  fc.record({ do: fc.constant("refresh" as const) }),
  fc.record({ do: fc.constant("wait" as const), days: fc.constantFrom(20, 40) }),
);

const valueOf = (data: SecretData) => (data.type === "token" ? data.token : data.password);
const withValue = (type: Type, username: string, value: unknown) =>
  type === "token" ? { type, token: value } : { type, username, password: value };

function declaredData({ kind, type, username, text, options }: Form): SecretInputs["data"] {
  const value = {
    inline: text,
    fromEnv: { fromEnv: VARIABLE },
    generated: { generated: options },
    initial: { initialValue: text },
  }[kind];
  return withValue(type, username, value) as unknown as SecretInputs["data"];
}

/** What a state has to know about a value. This determines what has to be sent. */
interface Belief {
  kind: Form["kind"];
  data: SecretData;
  /** For a generated value: whether `data` has the one that we generated, how it was generated, and when. */
  isOurs?: boolean;
  options?: Form["options"];
  since?: number;
}

function mustSend(belief: Belief, wanted: Form): boolean {
  const isSameType = belief.data.type === wanted.type;
  if (wanted.kind === "initial") return !isSameType;
  const isSameUser =
    wanted.type === "token" || (belief.data as { username?: string }).username === wanted.username;
  if (wanted.kind !== "generated") {
    if (belief.kind === "initial" || !isSameType) return true;
    return valueOf(belief.data) !== wanted.text || !isSameUser;
  }
  const { rotateAfterDays = Infinity, ...options } = wanted.options;
  const before: Partial<Form["options"]> = { ...belief.options };
  delete before.rotateAfterDays;
  return (
    belief.kind !== "generated" ||
    !belief.isOurs ||
    !isSameType ||
    !isSameUser ||
    !sameJson(options, before) ||
    Date.now() - (belief.since ?? 0) > rotateAfterDays * DAY_MS
  );
}

/** As many runs as a busy machine can do. The variable sets more. */
const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 60);

for (const resource of ["dynamic", "native"] as const) {
  describe(`for any sequence of declared forms and remote changes, through ${NAME_OF[resource]}`, function () {
    this.timeout(240_000);

    let keycard: Keycard;
    let clock: sinon.SinonFakeTimers;
    let proxies: string | undefined;

    before(async () => {
      keycard = await startKeycard();
      proxies = process.env["NO_PROXY"];
      process.env["NO_PROXY"] = "127.0.0.1";
      clock = sinon.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    });
    after(() => {
      clock.restore();
      delete process.env[VARIABLE];
      if (proxies === undefined) delete process.env["NO_PROXY"];
      else process.env["NO_PROXY"] = proxies;
      return keycard.close();
    });

    it("each up sends the fewest requests, the preview shows the change, and the next up sends nothing", async () => {
      const sequences = fc.array(step, { minLength: 1, maxLength: 8 });
      const property = fc.asyncProperty(form, sequences, async (first, steps) => {
        for (const { id } of keycard.secrets()) keycard.remove(id);
        const engine = new Engine(resource, keycard);
        let wanted = first;
        let description = "one";
        let belief: Belief | undefined;

        /** Applies what is declared, and checks each request. */
        const up = async () => {
          process.env[VARIABLE] = wanted.text;
          const sends = belief === undefined || mustSend(belief, wanted);
          const before = engine.id === undefined ? undefined : keycard.secret(engine.id);
          const isOther = before?.description !== description;
          await engine.up({ data: declaredData(wanted), description });
          const calls = keycard.calls();
          const id = engine.id ?? assert.fail();
          const { data } = keycard.secret(id) ?? assert.fail();
          const body = { ...(isOther && { description }), ...(sends && { data }) };
          if (before && Object.keys(body).length > 0) {
            assert.deepEqual(calls, [{ method: "PATCH", path: `/zones/zone_1/secrets/${id}`, body }]);
          } else {
            assert.deepEqual(
              calls.map(({ method }) => method),
              before ? [] : ["GET", "POST"],
            );
          }
          if (sends) assertSent(data, wanted, before?.data);
          belief = {
            kind: wanted.kind,
            // If nothing was sent, the value is the one in the state. For an initial value, only the type matters.
            data: sends ? data : (belief?.data ?? data),
            options: wanted.options,
            ...(wanted.kind === "generated" && {
              isOurs: true,
              since: sends ? Date.now() : (belief?.since ?? 0),
            }),
          };
          engine.assertHoldsNone(wanted.kind === "inline" ? [] : [valueOf(data)]);
          keycard.clearLog();
          await engine.up({ data: declaredData(wanted), description });
          assert.deepEqual(keycard.calls(), []);
        };

        await up();
        for (const next of steps) {
          const id = engine.id ?? assert.fail();
          if (next.do === "edit") keycard.edit(id, { data: next.data });
          if (next.do === "wait") clock.tick(next.days * DAY_MS);
          if (next.do === "refresh") await refresh(id);
          if (next.do === "declare") wanted = next.form;
          if (next.do === "describe") ({ description } = next);
          keycard.clearLog();
          if (next.do !== "edit" && next.do !== "wait") await up();
        }

        async function refresh(id: string): Promise<void> {
          await engine.refresh();
          const { data } = keycard.secret(id) ?? assert.fail();
          if (!belief) return;
          const isSame = sameJson(data, belief.data);
          const reads = keycard.calls().filter(({ path }) => path.endsWith(id));
          if (belief.kind === "initial") assert.deepEqual(reads, []);
          belief = {
            ...belief,
            data,
            ...(belief.kind === "generated" && {
              isOurs:
                belief.isOurs === true &&
                valueOf(data) === valueOf(belief.data) &&
                data.type === belief.data.type,
            }),
          };
          if (isSame) assert.deepEqual(reads.length <= 1, true);
        }
      });
      await fc.assert(property, { numRuns: RUNS, seed: 16 });
    });
  });
}

function assertSent(
  data: SecretData,
  { kind, type, username, text, options }: Form,
  before?: SecretData,
): void {
  assert.equal(data.type, type);
  if (data.type === "password") assert.equal(data.username, username);
  if (kind !== "generated") return assert.equal(valueOf(data), text);
  assert.match(valueOf(data), new RegExp(`^[a-zA-Z0-9]{${options.length}}$`));
  if (before) assert.notEqual(valueOf(data), valueOf(before));
}

/** Keeps the state of one secret as the engine does. Each run uses a new process. */
class Engine {
  id: string | undefined;
  private inputs: Partial<SecretInputs> = {};
  private outs: SecretState | undefined;

  constructor(
    private readonly resource: "dynamic" | "native",
    private readonly keycard: Keycard,
  ) {}

  async up(args: { data: SecretInputs["data"]; description: string }): Promise<void> {
    const news = { zoneId: "zone_1", entityId: "ent_1", name: "a", ...args };
    const foreseen = await this.plan(await this.provider(), news, true);
    const provider = await this.provider();
    const { inputs, change } = await this.plan(provider, news, false);
    assert.equal(foreseen.change, change, "the preview shows what the run does");
    if (this.id === undefined || this.outs === undefined) {
      const created = await provider.create(inputs);
      [this.id, this.outs] = [created.id, created.outs as SecretState];
    } else if (change) {
      this.outs = (await provider.update(this.id, this.outs, inputs)).outs as SecretState;
    }
    this.inputs = inputs;
  }

  async refresh(): Promise<void> {
    const provider = await this.provider();
    const read = await provider.read(this.id ?? "", this.outs ?? assert.fail());
    this.outs = read.props as SecretState;
    // The engine keeps its inputs if the result has none.
    this.inputs = (read.inputs as SecretInputs | undefined) ?? this.inputs;
  }

  assertHoldsNone(values: string[]): void {
    const state = JSON.stringify([this.inputs, this.outs]);
    for (const value of values) assert.ok(!state.includes(value), "the state holds the value");
  }

  private async plan(provider: Calls, news: SecretInputs, preview: boolean) {
    const registration = writeHiddenInput({ urn: URN, preview });
    const checked = await provider.check(this.inputs, {
      ...news,
      ...(this.resource === "dynamic" && { [HIDDEN_INPUT]: registration }),
    });
    assert.deepEqual(checked.failures ?? [], []);
    const inputs = checked.inputs as SecretInputs;
    if (this.id === undefined || this.outs === undefined) return { inputs, change: true };
    // The engine passes a secret that contains an unknown value as a single unknown value.
    const sent = holdsUnknown(inputs.data)
      ? ({ ...inputs, data: UNKNOWN_VALUE } as unknown as SecretInputs)
      : inputs;
    const { changes, replaces = [] } = await provider.diff(this.id, this.outs, sent);
    assert.deepEqual(replaces, []);
    // If `diff` does not return `changes`, the engine compares the arguments.
    return { inputs, change: changes ?? !sameJson(withoutLoader(this.inputs), withoutLoader(inputs)) };
  }

  private async provider(): Promise<Calls> {
    const settings: Record<string, string> = {
      endpoint: this.keycard.url,
      accessToken: this.keycard.accessToken,
    };
    if (this.resource === "native") return pluginCalls(settings);
    const provider = new SecretProvider();
    const get = (key: string) => settings[key.replace("keycard-secrets:", "")];
    await provider.configure({ config: { get, require: () => assert.fail() } });
    return provider;
  }
}

function withoutLoader(inputs: object): object {
  assert.ok(isObject(inputs));
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== "__provider"));
}
