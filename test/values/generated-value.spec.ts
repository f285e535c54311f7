import assert from "node:assert/strict";
import sinon from "sinon";
import { UNKNOWN_VALUE } from "../../provider/pulumi-values";
import {
  adoptedForm,
  keptData,
  toGivenForm,
  toStateForm,
  toUnreadForm,
} from "../../provider/values/held-value";
import { lookAtData, type DataContext } from "../../provider/values/declared-data";
import { anyRecipe, fingerprintOf, isFingerprintOf } from "../../provider/values/fingerprint";
import {
  generate,
  ALPHABETS,
  normalOptions,
  problemsOfGenerated,
  type GeneratedOptions,
  generated,
} from "../../provider/values/generated";
import { initialValue, InitialValues, keyOfInitial } from "../../provider/values/initial";
import {
  comparable,
  declarationOf,
  isRotationDue,
  keepsGenerated,
  sameData,
} from "../../provider/values/value";
import type { DeclaredData, SecretData } from "../../provider/values/types";
import { changedValue, valueToSend } from "../../provider/values/value-to-send";
import { ValueReader } from "../../provider/values/reader";

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
const look = (data: unknown, context: Partial<DataContext> = {}, preview = false) => {
  const tools = { reader: new ValueReader(assert.fail), initialValues: new InitialValues() };
  const all = { urn: URN, preview, olds: undefined, isAdopted: false, ...context };
  return lookAtData(data, all, tools).then((looked) => ({ ...looked, ...tools }));
};

const origins = () => {
  const hidden: string[] = [];
  const initialValues = new InitialValues();
  const hide = (value: string) => void hidden.push(value);
  return { reader: new ValueReader(assert.fail), initialValues, hide, hidden };
};

describe("a generated value", () => {
  beforeEach(() => void sinon.useFakeTimers({ now: Date.parse(NOW), toFake: ["Date"] }));
  afterEach(() => sinon.restore());

  it("a generated text has the length and at least one of each class", () => {
    for (let round = 0; round < 200; round++) {
      const text = generate({ length: 8, characters: ["digits", "symbols", "lower", "upper"] });
      assert.equal(text.length, 8);
      for (const alphabet of Object.values(ALPHABETS)) {
        assert.ok(
          [...text].some((each) => alphabet.includes(each)),
          text,
        );
      }
      assert.match(generate({ length: 12 }), /^[a-zA-Z0-9]{12}$/);
      assert.match(generate({ length: 12, characters: ["digits"] }), /^\d{12}$/);
    }
    assert.notEqual(generate(OPTIONS), generate(OPTIONS));
  });

  it("options that say what is usual anyway are left out", () => {
    assert.deepEqual(normalOptions({ length: 9, characters: ["digits", "upper", "lower"] }), { length: 9 });
    const all = { length: 9, characters: ["symbols", "lower"], rotateAfterDays: 1, rotation: "a" } as const;
    assert.deepEqual(normalOptions(all), { ...all, characters: ["lower", "symbols"] });
  });

  it("each wrong option is named with what it must be", () => {
    const wrong: [object, RegExp][] = [
      [{ length: 7 }, /^`length` .* from 8 to 1024/],
      [{ length: 1025 }, /^`length` .*whole number/],
      [{ length: 8.5 }, /^`length`/],
      [{}, /^`length`/],
      [{ length: 8, characters: [] }, /^`characters` .*"lower", "upper", "digits", "symbols"/],
      [{ length: 8, characters: "digits" }, /^`characters` must be a list/],
      [{ length: 8, characters: ["digit"] }, /^`characters` must be a list/],
      [{ length: 8, characters: ["digits", "digits"] }, /^`characters` .*twice/],
      [{ length: 8, rotateAfterDays: 0 }, /^`rotateAfterDays` .*days above 0/],
      [{ length: 8, rotateAfterDays: Infinity }, /^`rotateAfterDays`/],
      [{ length: 8, rotateAfterDays: "90" }, /^`rotateAfterDays`/],
      [{ length: 8, rotation: 5 }, /^`rotation` must be a string .*not a number/],
      [
        { length: 8, lenght: 8 },
        /^`lenght` .* Did you mean `length`\? .*length, characters, rotateAfterDays, rotation$/,
      ],
    ];
    for (const [options, problem] of wrong) {
      const [found = "", ...others] = problemsOfGenerated(options);
      assert.match(found, problem);
      assert.deepEqual(others, []);
    }
    for (const length of [8, 1024]) {
      assert.deepEqual(
        problemsOfGenerated({ length, characters: ["digits"], rotateAfterDays: 0.5, rotation: "" }),
        [],
      );
    }
    assert.deepEqual(problemsOfGenerated({}, { later: ["length"] }), []);
    for (const options of [5, null, []]) {
      assert.match(
        problemsOfGenerated(options, { at: "data.token.generated." }).join(),
        /^`data\.token\.generated` must be an object/,
      );
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
    const { data, toValidate } = await look(declared, {}, true);
    assert.deepEqual(data, tokenOf({ generated: OPTIONS, since: UNKNOWN_VALUE }));
    assert.deepEqual(toValidate, tokenOf(UNKNOWN_VALUE));
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
    const tools = origins();
    const { data, kept, unconfirmed } = await valueToSend(
      tokenOf({ generated: OPTIONS, since: SINCE }),
      tools,
    );
    const { token } = data as { token: string };
    assert.equal(token.length, 20);
    assert.deepEqual(tools.hidden, [token]);
    assert.deepEqual(kept, tokenOf({ generated: OPTIONS, since: SINCE, fingerprint: fingerprintIn(kept) }));
    assert.deepEqual(unconfirmed, kept);
    assert.ok(await isFingerprintOf(fingerprintIn(kept), token));
    const untold = (await valueToSend(tokenOf({ generated: OPTIONS }), tools)).kept;
    assert.equal((untold as { token: { since?: string } }).token.since, NOW);
  });

  it("an update sends it only if it has to be another, or is due", async () => {
    const old = (props: object = {}) =>
      tokenOf({ generated: OPTIONS, since: SINCE, fingerprint: "f", ...props });
    const isSent = async (olds: DeclaredData, news: DeclaredData) =>
      (await changedValue(olds, news, origins())) !== undefined;
    assert.equal(await isSent(old(), old()), false);
    assert.equal(await isSent(old(), old({ since: NOW })), true);
    assert.equal(await isSent(old(), old({ generated: { length: 21 } })), true);
    const due = { ...OPTIONS, rotateAfterDays: 9 };
    assert.equal(await isSent(old(), tokenOf({ generated: due })), true);
    assert.equal(await isSent(old(), tokenOf({ generated: { ...OPTIONS, rotateAfterDays: 11 } })), false);
    assert.equal(isRotationDue(old(), old({ generated: due })), false, "the time is told");
    assert.equal(isRotationDue(tokenOf("inline"), tokenOf({ generated: due })), false);
  });

  it("two declarations are the same if they lead to the same value", () => {
    const value = (props: object = {}) => accountOf({ generated: OPTIONS, since: SINCE, ...props });
    assert.equal(sameData(value(), value()), true);
    assert.equal(sameData(value(), accountOf({ generated: OPTIONS })), true);
    assert.equal(sameData(value(), value({ since: NOW })), false);
    assert.equal(sameData(value(), value({ generated: { ...OPTIONS, rotateAfterDays: 5 } })), false);
    assert.equal(keepsGenerated(value(), value({ generated: { ...OPTIONS, rotateAfterDays: 5 } })), true);
    assert.equal(keepsGenerated(value(), accountOf({ generated: OPTIONS }, "other")), false);
    assert.equal(keepsGenerated(value(), value({ unreadVersion: 1 })), false);
    assert.equal(keepsGenerated(accountOf("a"), value()), false);
    assert.equal(sameData(accountOf("a"), accountOf("a")), true);
    assert.equal(sameData(accountOf("a"), value()), false);
  });

  it("a diff shows its declaration, and that the same declaration brings another value", () => {
    const [old, now] = [tokenOf({ generated: OPTIONS, since: SINCE }), tokenOf({ generated: OPTIONS })];
    assert.deepEqual(declarationOf(old), now);
    assert.deepEqual(comparable(old, now), [tokenOf(""), now]);
    const other = tokenOf({ generated: { length: 9 } });
    assert.deepEqual(comparable(old, other), [now, other]);
    assert.deepEqual(comparable(now, tokenOf("a")), [now, tokenOf("a")]);
  });

  it("a read recognizes it by its fingerprint, and anything else as somebody else's", async () => {
    const value: SecretData = { type: "token", token: "planted-value" };
    const known = {
      generated: OPTIONS,
      since: SINCE,
      fingerprint: await fingerprintOf("planted-value", anyRecipe()),
    };
    assert.deepEqual(await toStateForm(tokenOf(known), value), tokenOf(known));
    assert.deepEqual(await toStateForm(tokenOf({ ...known, unreadVersion: 2 }), value), tokenOf(known));
    const news = tokenOf({ generated: { length: 9 }, since: NOW });
    assert.deepEqual(await toStateForm(news, value, tokenOf(known)), tokenOf(known));
    const foreign = await toStateForm(tokenOf(known), { type: "token", token: "theirs" });
    assert.deepEqual(foreign, tokenOf({ generated: OPTIONS, fingerprint: fingerprintIn(foreign) }));
    assert.ok(await isFingerprintOf(fingerprintIn(foreign), "theirs"));
    const { since, ...untimed } = known;
    assert.equal(since, SINCE);
    const still = await toStateForm(tokenOf(untimed), value);
    assert.deepEqual(
      still,
      tokenOf({ generated: OPTIONS, fingerprint: fingerprintIn(still) }),
      "it stays theirs",
    );
    assert.deepEqual(
      toUnreadForm(tokenOf(known), { type: "token", version: 3 }),
      tokenOf({ ...known, unreadVersion: 3 }),
    );
  });

  it("its value stays if only the declaration changes", () => {
    const known = { generated: OPTIONS, since: SINCE, fingerprint: "f" };
    const news = tokenOf({ generated: { ...OPTIONS, rotateAfterDays: 5 }, since: NOW });
    assert.deepEqual(
      keptData(tokenOf(known), news),
      tokenOf({ ...known, generated: { ...OPTIONS, rotateAfterDays: 5 } }),
    );
    assert.deepEqual(keptData(tokenOf("a"), news), news);
    assert.deepEqual(keptData(tokenOf(known), tokenOf("a")), tokenOf("a"));
  });

  it("an adopted secret counts from its last change", async () => {
    const declared = tokenOf({ generated: OPTIONS });
    const existing = { type: "token", updatedAt: SINCE } as const;
    assert.deepEqual(await adoptedForm(existing, declared), tokenOf({ generated: OPTIONS, since: SINCE }));
    const read = await adoptedForm({ ...existing, data: { type: "token", token: "theirs" } }, declared);
    assert.ok(await isFingerprintOf(fingerprintIn(read), "theirs"));
    assert.equal(await adoptedForm(existing, tokenOf("a")), undefined);
    assert.equal(await adoptedForm(existing, accountOf({ generated: OPTIONS })), undefined);
    const account = { type: "password", username: "other", password: "p" } as const;
    const other = { type: "password", updatedAt: SINCE, data: account } as const;
    assert.equal(await adoptedForm(other, accountOf({ generated: OPTIONS })), undefined);
    const initial = tokenOf({ initialValue: { given: "k" } });
    assert.equal(await adoptedForm(existing, initial), initial);
  });
});

describe("an initial value", () => {
  const given = (key: string) => tokenOf({ initialValue: { given: key } });
  const key = keyOfInitial(URN);

  it("the state keeps that it was given, and the run keeps the value", async () => {
    const { data, toValidate, initialValues, reader } = await look(tokenOf({ initialValue: "planted" }));
    assert.deepEqual([data, toValidate], [given(key), tokenOf("planted")]);
    assert.deepEqual([initialValues.find(key), reader.values], ["planted", ["planted"]]);
    const source = { fromEnv: "A" };
    const byReference = await look(tokenOf({ initialValue: source }), { urn: "other" });
    assert.deepEqual(byReference.data, given(keyOfInitial("other")));
    assert.deepEqual(byReference.initialValues.find(keyOfInitial("other")), source);
    assert.deepEqual(byReference.reader.values, []);
  });

  it("what a preview does not know is left open", async () => {
    const { data, toValidate, initialValues } = await look(tokenOf({ initialValue: UNKNOWN_VALUE }));
    assert.deepEqual([data, toValidate], [given(key), tokenOf(UNKNOWN_VALUE)]);
    assert.equal(initialValues.find(key), undefined);
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
    const { problems, toValidate } = await look(data, { olds: data });
    assert.deepEqual([problems, toValidate], [undefined, tokenOf(UNKNOWN_VALUE)]);
  });

  it("it is sent once, and never again as long as the type stays", async () => {
    const tools = origins();
    tools.initialValues.remember("k", "planted");
    const { data, kept, unconfirmed } = await valueToSend(given("k"), tools);
    assert.deepEqual([data, kept], [tokenOf("planted"), given("k")]);
    assert.ok(await isFingerprintOf(fingerprintIn(unconfirmed), "planted"));
    assert.equal(await changedValue(tokenOf("other"), given("k"), tools), undefined);
    assert.notEqual(await changedValue(accountOf("other"), given("k"), tools), undefined);
    await assert.rejects(valueToSend(given("l"), tools), /initial value .*`ignoreChanges`/);
  });

  it("whatever the value became is no change", async () => {
    assert.equal(sameData(given("k"), given("l")), true);
    assert.equal(sameData(tokenOf("a"), given("k")), false);
    assert.equal(sameData(accountOf({ initialValue: { given: "k" } }), given("k")), false);
    const read = await toStateForm(tokenOf({ initialValue: { given: "k" }, fingerprint: "f" }), {
      type: "token",
      token: "theirs",
    });
    assert.deepEqual(read, given("k"));
    assert.deepEqual(toGivenForm(given("k"), "password"), accountOf({ initialValue: { given: "k" } }, ""));
    assert.deepEqual(toGivenForm(tokenOf("a"), "token"), tokenOf("a"));
    assert.deepEqual(declarationOf(given("k")), given("k"));
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
    assert.deepEqual(await valueToSend(tokenOf("a"), origins()), {
      data: tokenOf("a"),
      kept: tokenOf("a"),
      unconfirmed: tokenOf("a"),
    });
    assert.equal(await changedValue(tokenOf("a"), tokenOf("a"), origins()), undefined);
    assert.deepEqual((await changedValue(tokenOf("b"), tokenOf("a"), origins()))?.data, tokenOf("a"));
  });

  it("a source is read, and the state keeps the source", async () => {
    process.env["KEYCARD_TEST_VALUE"] = "planted";
    const declared = tokenOf({ fromEnv: "KEYCARD_TEST_VALUE", fingerprint: "f" });
    try {
      const { data, kept } = await valueToSend(declared, origins());
      assert.deepEqual([data, kept], [tokenOf("planted"), declared]);
    } finally {
      delete process.env["KEYCARD_TEST_VALUE"];
    }
  });

  it("a value that was never read cannot be sent", async () => {
    await assert.rejects(
      valueToSend(tokenOf({ unreadVersion: 3 }), origins()),
      /^Error: The value of the secret was changed .*never read.*`ignoreChanges`/,
    );
  });
});
