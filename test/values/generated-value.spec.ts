import assert from "node:assert/strict";
import sinon from "sinon";
import { UNKNOWN_VALUE } from "../../provider/pulumi-values";
import { anyRecipe, fingerprintOf, isFingerprintOf } from "../../provider/values/fingerprint";
import { generated } from "../../provider/values/generated";
import { initialValue } from "../../provider/values/initial";
import { valueOf, waysToGive } from "../../provider/values/kinds";
import { ValueReader } from "../../provider/values/reader";
import type { DeclaredData, GeneratedOptions, SecretData, ValueSource } from "../../provider/values/types";
import type { CheckContext, ExistingValue } from "../../provider/values/value";

const SINCE = "2026-01-01T00:00:00.000Z";
const NOW = "2026-01-11T00:00:00.000Z";
const URN = "urn:pulumi:dev::project::keycard:Secret::mine";
const OPTIONS = { length: 20 };

const tokenOf = (token: unknown) => ({ type: "token", token }) as DeclaredData;
const accountOf = (password: unknown, username = "app") =>
  ({ type: "password", username, password }) as DeclaredData;
const fingerprintIn = (data: unknown) =>
  (data as { token: { fingerprint?: string } }).token.fingerprint ?? "";

/** The result of `check` for data. */
const look = (data: unknown, { olds, ...context }: Partial<CheckContext> & { olds?: unknown } = {}) => {
  const tools = {
    reader: new ValueReader(assert.fail),
    initialValues: new Map<string, string | ValueSource>(),
  };
  const told = { urn: URN, preview: false, ignoresData: false, isAdopted: false };
  return valueOf(data)
    .check(valueOf(olds), { ...told, ways: waysToGive(), ...tools, ...context })
    .then((looked) => ({ ...looked, ...tools }));
};

const tools = () => {
  const hidden: string[] = [];
  const hide = (value: string) => void hidden.push(value);
  const initialValues = new Map<string, string | ValueSource>();
  return { reader: new ValueReader(assert.fail), initialValues, hide, hidden };
};

/** The effect of a declaration. An update takes the age of the value into account. */
const change = (olds: unknown, news: unknown, mayExpire = false) =>
  valueOf(news).changeFrom(valueOf(olds), mayExpire);

describe("a generated value", () => {
  beforeEach(() => void sinon.useFakeTimers({ now: Date.parse(NOW), toFake: ["Date"] }));
  afterEach(() => sinon.restore());

  it("options that say what is usual anyway are left out", async () => {
    const kept = async (generated: object) =>
      ((await look(tokenOf({ generated }))).data as { token: { generated: object } }).token.generated;
    assert.deepEqual(await kept({ length: 9, characters: ["digits", "upper", "lower"] }), { length: 9 });
    const all = { length: 9, characters: ["symbols", "lower"], rotateAfterDays: 1, rotation: "a" } as const;
    assert.deepEqual(await kept(all), { ...all, characters: ["lower", "symbols"] });
  });

  it("each wrong option is named with what it must be", async () => {
    const problemsOf = async (generated: unknown) => (await look(tokenOf({ generated }))).problems ?? [];
    const wrong: [object, RegExp][] = [
      [{ length: 7 }, /`data\.token\.generated\.length` .* from 8 to 1024/],
      [{ length: 1025 }, /`data\.token\.generated\.length` .*whole number/],
      [{ length: 8.5 }, /`data\.token\.generated\.length`/],
      [{}, /`data\.token\.generated\.length`/],
      [
        { length: 8, characters: [] },
        /`data\.token\.generated\.characters` .*"lower", "upper", "digits", "symbols"/,
      ],
      [{ length: 8, characters: "digits" }, /`data\.token\.generated\.characters` must be a list/],
      [{ length: 8, characters: ["digit"] }, /`data\.token\.generated\.characters` must be a list/],
      [{ length: 8, characters: ["digits", "digits"] }, /`data\.token\.generated\.characters` .*twice/],
      [{ length: 8, rotateAfterDays: 0 }, /`data\.token\.generated\.rotateAfterDays` .*days above 0/],
      [{ length: 8, rotateAfterDays: Infinity }, /`data\.token\.generated\.rotateAfterDays`/],
      [{ length: 8, rotateAfterDays: "90" }, /`data\.token\.generated\.rotateAfterDays`/],
      [{ length: 8, rotation: 5 }, /`data\.token\.generated\.rotation` must be a string .*not a number/],
      [
        { length: 8, lenght: 8 },
        /`data\.token\.generated\.lenght` .* Did you mean `length`\? .*length, characters, rotateAfterDays, rotation$/,
      ],
    ];
    for (const [options, problem] of wrong) {
      const [found = "", ...others] = await problemsOf(options);
      assert.match(found, problem);
      assert.deepEqual(others, []);
    }
    for (const length of [8, 1024]) {
      assert.deepEqual(
        await problemsOf({ length, characters: ["digits"], rotateAfterDays: 0.5, rotation: "" }),
        [],
      );
    }
    for (const options of [5, null, []]) {
      assert.match((await problemsOf(options)).join(), /^`data\.token\.generated` must be an object/);
    }
  });

  it("the function checks what is known of the options, and leaves outputs open", () => {
    assert.deepEqual(generated({ length: 9, characters: undefined } as unknown as GeneratedOptions), {
      generated: { length: 9 },
    });
    const length = Promise.resolve(9) as unknown as number;
    assert.deepEqual(generated({ length }), { generated: { length } });
    const loosely = generated as (options: unknown) => unknown;
    assert.throws(
      () => loosely(5),
      /^Error: generated: the options must be an object, not a number\. .*generated\(\{ length/,
    );
    assert.throws(() => loosely({ length: 1 }), /^Error: generated: `length` .*\.$/);
    assert.throws(() => loosely({ rotation: "a" }), /^Error: generated: `length` /);
  });

  it("a new one has the time of the run, which a preview does not know", async () => {
    const declared = tokenOf({ generated: { ...OPTIONS, characters: ["lower", "upper", "digits"] } });
    assert.deepEqual((await look(declared)).data, tokenOf({ generated: OPTIONS, since: NOW }));
    const { data, text } = await look(declared, { preview: true });
    assert.deepEqual(data, tokenOf({ generated: OPTIONS, since: UNKNOWN_VALUE }));
    assert.equal(text, undefined);
    assert.deepEqual((await look(declared, { preview: undefined })).data, tokenOf({ generated: OPTIONS }));
    assert.deepEqual((await look(declared, { isAdopted: true })).data, tokenOf({ generated: OPTIONS }));
  });

  it("one that the state has is kept until its declaration or its age calls for another", async () => {
    const old = { generated: OPTIONS, since: SINCE, fingerprint: "f" };
    const kept = async (news: object, olds: unknown = accountOf(old), username = "app") => {
      const { data } = await look(accountOf({ generated: news }, username), { olds });
      return (data as { password: { since?: string } }).password.since === SINCE;
    };
    assert.equal(await kept(OPTIONS), true);
    assert.equal(await kept({ ...OPTIONS, rotateAfterDays: 10 }), true);
    assert.equal(await kept({ ...OPTIONS, rotateAfterDays: 9 }), false);
    assert.equal(await kept({ length: 21 }), false);
    assert.equal(await kept({ ...OPTIONS, rotation: "a" }), false);
    assert.equal(await kept(OPTIONS, accountOf(old), "other"), false);
    assert.equal(await kept(OPTIONS, accountOf({ ...old, unreadVersion: 2 })), false);
    assert.equal(await kept(OPTIONS, accountOf("inline")), false);
  });

  it("wrong options and other keys beside it are told with their place", async () => {
    const { problems = [] } = await look(tokenOf({ generated: { length: 1 }, fromEnv: "A" }));
    assert.match(problems[0] ?? "", /^`data\.token` .*`generated`/);
    assert.match(problems[1] ?? "", /^`data\.token\.generated\.length`/);
    assert.equal(problems.length, 2);
  });

  it("one that the engine puts back from the state is taken as it is", async () => {
    const olds = tokenOf({ generated: OPTIONS, since: SINCE, fingerprint: "f" });
    assert.deepEqual((await look(olds, { olds })).data, olds);
    const theirs = tokenOf({ generated: OPTIONS, fingerprint: "f" });
    assert.deepEqual((await look(theirs, { olds: theirs })).data, theirs);
    const untold = tokenOf({ generated: OPTIONS });
    assert.deepEqual((await look(untold, { olds: untold })).data, untold);
    const foreign = (await look(olds, { olds: undefined })).data;
    assert.deepEqual(foreign, tokenOf({ generated: OPTIONS, since: NOW }));
  });

  it("options that a preview does not know are left open", async () => {
    const generated = { ...OPTIONS, rotation: UNKNOWN_VALUE };
    assert.deepEqual((await look(tokenOf({ generated, since: SINCE }))).data, tokenOf({ generated }));
  });

  it("what is sent is another value each time, and the state has its fingerprint", async () => {
    const origins = tools();
    const declared = valueOf(tokenOf({ generated: OPTIONS, since: SINCE }));
    const { data, kept, unconfirmed } = await declared.toSend(origins);
    const { token } = data as { token: string };
    assert.equal(token.length, 20);
    assert.deepEqual(origins.hidden, [token]);
    assert.deepEqual(kept, tokenOf({ generated: OPTIONS, since: SINCE, fingerprint: fingerprintIn(kept) }));
    assert.deepEqual(unconfirmed, kept);
    assert.ok(await isFingerprintOf(fingerprintIn(kept), token));
    const untold = (await valueOf(tokenOf({ generated: OPTIONS })).toSend(origins)).kept;
    assert.equal((untold as { token: { since?: string } }).token.since, NOW);
  });

  it("an update sends it only if it has to be another, or is due", async () => {
    const old = (props: object = {}) =>
      tokenOf({ generated: OPTIONS, since: SINCE, fingerprint: "f", ...props });
    const isSent = async (olds: DeclaredData, news: DeclaredData) =>
      (await valueOf(news).update(valueOf(olds), tools())).data !== undefined;
    assert.equal(await isSent(old(), old()), false);
    assert.equal(await isSent(old(), old({ since: NOW })), true);
    assert.equal(await isSent(old(), old({ generated: { length: 21 } })), true);
    const due = { ...OPTIONS, rotateAfterDays: 9 };
    assert.equal(await isSent(old(), tokenOf({ generated: due })), true);
    assert.equal(await isSent(old(), tokenOf({ generated: { ...OPTIONS, rotateAfterDays: 11 } })), false);
    assert.equal(change(old(), tokenOf({ generated: due }), true), "rotation");
    assert.equal(change(old(), tokenOf({ generated: due })), "state", "a refresh does not ask for the age");
    assert.equal(change(old(), old({ generated: due }), true), "state", "the time is told");
    assert.equal(change(tokenOf("inline"), tokenOf({ generated: due }), true), "value");
  });

  it("two declarations are the same if they lead to the same value", () => {
    const value = (props: object = {}) => accountOf({ generated: OPTIONS, since: SINCE, ...props });
    assert.equal(change(value(), value()), "none");
    assert.equal(change(value(), accountOf({ generated: OPTIONS })), "none");
    assert.equal(change(value(), value({ since: NOW })), "value");
    assert.equal(change(value(), value({ generated: { ...OPTIONS, rotateAfterDays: 5 } })), "state");
    assert.equal(change(value(), accountOf({ generated: OPTIONS }, "other")), "value");
    assert.equal(change(value(), value({ unreadVersion: 1 })), "value");
    assert.equal(change(accountOf("a"), accountOf("a")), "none");
    assert.equal(change(accountOf("a"), value()), "value");
    assert.equal(change(value(), accountOf("a")), "value");
  });

  it("a diff shows its declaration, and that the same declaration brings another value", () => {
    const [old, now] = [tokenOf({ generated: OPTIONS, since: SINCE }), tokenOf({ generated: OPTIONS })];
    assert.deepEqual(valueOf(old).declaration, now);
    const shown = (before: unknown, after: unknown) => valueOf(after).shownBeside(valueOf(before));
    assert.deepEqual(shown(old, now), [tokenOf(""), now]);
    const other = tokenOf({ generated: { length: 9 } });
    assert.deepEqual(shown(old, other), [now, other]);
    assert.deepEqual(shown(now, tokenOf("a")), [now, tokenOf("a")]);
  });

  it("a read recognizes it by its fingerprint, and anything else as somebody else's", async () => {
    const value: SecretData = { type: "token", token: "planted-value" };
    const kept = (declared: unknown, found: SecretData, held = declared) =>
      valueOf(declared).keptAfterRead(found, valueOf(held));
    const known = {
      generated: OPTIONS,
      since: SINCE,
      fingerprint: await fingerprintOf("planted-value", anyRecipe()),
    };
    assert.deepEqual(await kept(tokenOf(known), value), tokenOf(known));
    assert.deepEqual(await kept(tokenOf({ ...known, unreadVersion: 2 }), value), tokenOf(known));
    const news = tokenOf({ generated: { length: 9 }, since: NOW });
    assert.deepEqual(await kept(news, value, tokenOf(known)), tokenOf(known));
    const foreign = await kept(tokenOf(known), { type: "token", token: "theirs" });
    assert.deepEqual(foreign, tokenOf({ generated: OPTIONS, fingerprint: fingerprintIn(foreign) }));
    assert.ok(await isFingerprintOf(fingerprintIn(foreign), "theirs"));
    const { since, ...untimed } = known;
    assert.equal(since, SINCE);
    const still = await kept(tokenOf(untimed), value);
    assert.deepEqual(
      still,
      tokenOf({ generated: OPTIONS, fingerprint: fingerprintIn(still) }),
      "it stays theirs",
    );
    assert.deepEqual(
      valueOf(tokenOf(known)).keptAfterListing({ type: "token", version: 3 }, undefined),
      tokenOf({ ...known, unreadVersion: 3 }),
    );
  });

  it("its value stays if only the declaration changes", () => {
    const known = { generated: OPTIONS, since: SINCE, fingerprint: "f" };
    const news = tokenOf({ generated: { ...OPTIONS, rotateAfterDays: 5 }, since: NOW });
    assert.deepEqual(
      valueOf(news).keptUnsent(valueOf(tokenOf(known))),
      tokenOf({ ...known, generated: { ...OPTIONS, rotateAfterDays: 5 } }),
    );
    assert.deepEqual(valueOf(news).keptUnsent(valueOf(tokenOf("a"))), news);
    assert.deepEqual(valueOf(tokenOf("a")).keptUnsent(valueOf(tokenOf(known))), tokenOf("a"));
  });

  it("an adopted secret counts from its last change", async () => {
    const declared = tokenOf({ generated: OPTIONS });
    const existing = { type: "token", updatedAt: SINCE } as const;
    const keptOnAdoption = (found: ExistingValue, value: unknown) => valueOf(value).keptOnAdoption(found);
    assert.deepEqual(await keptOnAdoption(existing, declared), tokenOf({ generated: OPTIONS, since: SINCE }));
    const read = await keptOnAdoption({ ...existing, data: { type: "token", token: "theirs" } }, declared);
    assert.ok(await isFingerprintOf(fingerprintIn(read), "theirs"));
    assert.equal(await keptOnAdoption(existing, tokenOf("a")), undefined);
    assert.equal(await keptOnAdoption(existing, accountOf({ generated: OPTIONS })), undefined);
    const account = { type: "password", username: "other", password: "p" } as const;
    const other = { type: "password", updatedAt: SINCE, data: account } as const;
    assert.equal(await keptOnAdoption(other, accountOf({ generated: OPTIONS })), undefined);
    const initial = tokenOf({ initialValue: { given: "k" } });
    assert.equal(await keptOnAdoption(existing, initial), initial);
  });
});

describe("an initial value", () => {
  const given = (key: string) => tokenOf({ initialValue: { given: key } });
  let key: string;

  before(async () => {
    const { data } = await look(tokenOf({ initialValue: "planted" }));
    key = (data as { token: { initialValue: { given: string } } }).token.initialValue.given;
  });

  it("the state keeps that it was given, and the run keeps the value", async () => {
    const { data, text, initialValues, reader } = await look(tokenOf({ initialValue: "planted" }));
    assert.match(key, /^[\w-]{22}$/);
    assert.deepEqual([data, text], [given(key), "planted"]);
    assert.deepEqual([initialValues.get(key), [...reader.hidden]], ["planted", ["planted"]]);
    const source = { fromEnv: "A" };
    const byReference = await look(tokenOf({ initialValue: source }), { urn: "other" });
    const [[other = "", remembered] = []] = byReference.initialValues;
    assert.notEqual(other, key);
    assert.deepEqual([byReference.data, remembered], [given(other), source]);
    assert.deepEqual([byReference.text, [...byReference.reader.hidden]], [undefined, []]);
  });

  it("what a preview does not know is left open", async () => {
    const { data, text, initialValues } = await look(tokenOf({ initialValue: UNKNOWN_VALUE }));
    assert.deepEqual([data, text, initialValues.size], [given(key), undefined, 0]);
  });

  it("what is no value is rejected with its place", async () => {
    const problemsOf = async (value: object) => (await look(tokenOf(value))).problems?.join();
    assert.match((await problemsOf({ initialValue: "" })) ?? "", /^`data\.token\.initialValue` is empty/);
    assert.match(
      (await problemsOf({ initialValue: 5 })) ?? "",
      /^`data\.token\.initialValue` must be a string/,
    );
    assert.match(
      (await problemsOf({ initialValue: null })) ?? "",
      /^`data\.token\.initialValue` must be a string/,
    );
    assert.match(
      (await problemsOf({ initialValue: {} })) ?? "",
      /^`data\.token\.initialValue` must be a string/,
    );
    assert.match(
      (await problemsOf({ initialValue: { fromEnv: "" } })) ?? "",
      /^`data\.token\.initialValue\.fromEnv`/,
    );
    assert.match(
      (await problemsOf({ initialValue: "a", fromEnv: "A" })) ?? "",
      /^`data\.token` .*`initialValue`/,
    );
  });

  it("that of another secret cannot be used, which the state alone can put back", async () => {
    const data = given("k");
    assert.match(
      (await look(data)).problems?.join() ?? "",
      /^`data\.token` is the initial value of another secret/,
    );
    const { problems, text } = await look(data, { olds: data });
    assert.deepEqual([problems, text], [[], undefined]);
  });

  it("it is sent once, and never again as long as the type stays", async () => {
    const origins = tools();
    origins.initialValues.set("k", "planted");
    const { data, kept, unconfirmed } = await valueOf(given("k")).toSend(origins);
    assert.deepEqual([data, kept], [tokenOf("planted"), given("k")]);
    assert.ok(await isFingerprintOf(fingerprintIn(unconfirmed), "planted"));
    const sent = async (olds: unknown) => (await valueOf(given("k")).update(valueOf(olds), origins)).data;
    assert.equal(await sent(tokenOf("other")), undefined);
    assert.deepEqual(await sent(accountOf("other")), tokenOf("planted"));
    await assert.rejects(valueOf(given("l")).toSend(origins), /initial value .*`ignoreChanges`/);
  });

  it("whatever the value became is no change", async () => {
    assert.equal(change(given("k"), given("l")), "none");
    assert.equal(change(tokenOf("a"), given("k")), "state");
    assert.equal(change(accountOf({ initialValue: { given: "k" } }), given("k")), "value");
    const held = valueOf(tokenOf({ initialValue: { given: "k" }, fingerprint: "f" }));
    const theirs: SecretData = { type: "token", token: "theirs" };
    assert.deepEqual(await held.keptAfterRead(theirs, held), given("k"));
    const row = { type: "password", version: 2 } as const;
    assert.deepEqual(
      valueOf(given("k")).keptAfterListing(row, held),
      accountOf({ initialValue: { given: "k" } }, ""),
    );
    assert.deepEqual(held.declaration, given("k"));
  });

  it("a state that was read shows only whether its type has arrived", async () => {
    assert.equal(await valueOf(given("k")).confirms({ type: "token", token: "a" }), true);
    const account: SecretData = { type: "password", username: "app", password: "a" };
    assert.equal(await valueOf(given("k")).confirms(account), false);
  });

  it("the function takes a text, a source or what is known later, and nothing else", () => {
    const later = Promise.resolve("a");
    for (const value of ["a", { fromEnv: "A" }, later])
      assert.deepEqual(initialValue(value), { initialValue: value });
    const loosely = initialValue as (value: unknown) => unknown;
    assert.throws(
      () => loosely(undefined),
      /^Error: initialValue: .*, not undefined\. .*`process\.env`.*use fromEnv\.$/,
    );
    assert.throws(() => loosely(""), /^Error: initialValue: .*, not an empty string\.$/);
    assert.throws(() => loosely(5), /fromEnv, fromFile and fromCommand, not a number\.$/);
  });
});

describe("a value that is sent as it is declared", () => {
  it("a text is sent and kept", async () => {
    assert.deepEqual(await valueOf(tokenOf("a")).toSend(tools()), {
      data: tokenOf("a"),
      kept: tokenOf("a"),
      unconfirmed: tokenOf("a"),
    });
    const sent = async (olds: unknown) => (await valueOf(tokenOf("a")).update(valueOf(olds), tools())).data;
    assert.deepEqual([await sent(tokenOf("a")), await sent(tokenOf("b"))], [undefined, tokenOf("a")]);
  });

  it("a source is read, and the state keeps the source", async () => {
    process.env["KEYCARD_TEST_VALUE"] = "planted";
    const declared = tokenOf({ fromEnv: "KEYCARD_TEST_VALUE", fingerprint: "f" });
    try {
      const { data, kept } = await valueOf(declared).toSend(tools());
      assert.deepEqual([data, kept], [tokenOf("planted"), declared]);
    } finally {
      delete process.env["KEYCARD_TEST_VALUE"];
    }
  });

  it("a value that was never read cannot be sent", async () => {
    await assert.rejects(
      async () => valueOf(tokenOf({ unreadVersion: 3 })).toSend(tools()),
      /^Error: The value of the secret was changed .*never read.*`ignoreChanges`/,
    );
  });
});
