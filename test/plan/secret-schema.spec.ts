import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import assert from "node:assert/strict";
import {
  ARGUMENTS,
  DESCRIPTION_LENGTH,
  problemsOf as problemsOfArguments,
} from "../../provider/secret/fields";
import { valueOf as valueIn, waysToGive } from "../../provider/values/kinds";
import { ValueReader } from "../../provider/values/reader";

const UNKNOWN = pulumi.runtime.unknownValue;
const token = (value: unknown) => ({ type: "token", token: value });
const valid = { zoneId: "zone_1", entityId: "ent_1", name: "github", data: token("a-token-value") };

const ZONE_ID =
  "`zoneId` is missing. Set the argument, run `pulumi config set keycard-secrets:zoneId` with the ID of the zone, " +
  "or set KEYCARD_ZONE_ID";
const ENTITY_ID = "`entityId` is missing: set it to the ID of the entity that the secret belongs to";
const FORMS = '{ type: "token", token } or { type: "password", username, password }';
const DATA = `\`data\` must be ${FORMS}`;
const valueOf = (path: string) =>
  `\`${path}\` must be a string, fromEnv("NAME"), fromFile("path"), fromCommand(["program", "argument"]), generated({ length: 32 }) or initialValue("value")`;
const missingValue = (path: string) =>
  valueOf(path).replace("must be", "is missing: set it to") +
  ". If it comes from `process.env`, the variable is not set";
const notText = (path: string, kind: string) => `\`${path}\` must be a string, not ${kind}`;
const empty = (path: string) =>
  `\`${path}\` is empty: set it to the value, or to a reference such as fromEnv("NAME")`;
const METADATA_OBJECT = "`metadata` must be a JSON object";
const METADATA_VALUES = "`metadata` must contain only JSON values";
const foreign = (keys: string, first = keys) =>
  `\`data\` has ${keys}, which its type does not have: write ${FORMS}. ` +
  `If the option \`ignoreChanges\` names \`data.${first.replaceAll("`", "")}\`, remove it to change the type`;
const exposed = (path: string) =>
  `\`${path}\` contains the secret's value, but Keycard encrypts only \`data\`: remove it`;
const notAnArgument = (name: string, nearest = "") =>
  `\`${name}\` is not an argument of Secret. ${nearest && `Did you mean \`${nearest}\`? `}The arguments are \`zoneId\`, \`entityId\`, \`name\`, ` +
  "`description`, `metadata`, `data`, `maxAgeDays`, `adoptId`";

/** The problems of all arguments, including the value. */
const problemsOf = async (args: Record<string, unknown>) => {
  const told = { urn: "", otherwise: "", preview: true, ignoresData: false, isAdopted: false };
  const tools = { reader: new ValueReader(assert.fail), initialValues: new Map(), ways: waysToGive() };
  const { text, problems = [] } = await valueIn(args["data"]).check(valueIn(undefined), {
    ...told,
    ...tools,
  });
  return [...problemsOfArguments(args, text), ...problems];
};
const problemsWith = (args: object) => problemsOf({ ...valid, ...args });

/** Converts a program's values as the engine does: assets become objects. */
const onTheWire = async (value: unknown) =>
  (await pulumi.runtime.serializeProperties("test", { value }))["value"] as unknown;

describe("what a secret may be declared with", () => {
  it("both forms of data are accepted with only the required arguments", async () => {
    assert.deepEqual(await problemsOf(valid), []);
    assert.deepEqual(
      await problemsWith({ data: { type: "password", username: "app", password: "hunter2" } }),
      [],
    );
  });

  it("all arguments together are accepted", async () => {
    const metadata = { text: "a", number: 1.5, no: false, none: null, list: [1, ["b"]], map: { deep: {} } };
    const others = { description: "For releases", adoptId: "sec_1", maxAgeDays: 0.5 };
    assert.deepEqual(await problemsWith({ metadata, ...others }), []);
  });

  it("empty strings are accepted where Keycard accepts them", async () => {
    const data = { type: "password", username: "", password: "hunter2" };
    assert.deepEqual(await problemsWith({ name: "", description: "", metadata: {}, data }), []);
  });

  it("all mistakes are named at once", async () => {
    const problems = await problemsOf({
      zoneId: "",
      entityId: 7,
      name: 7,
      description: "x".repeat(129),
      metadata: ["team"],
      data: { type: "password", username: "app", token: "a-token-value" },
      adoptId: "",
      descripton: "mistyped",
    });
    assert.deepEqual(problems, [
      notAnArgument("descripton", "description"),
      ZONE_ID,
      notText("entityId", "a number"),
      notText("name", "a number"),
      "`description` has 129 characters, and the maximum is 128",
      METADATA_OBJECT,
      foreign("`token`"),
      "`adoptId` is empty: set it to the ID of an existing secret, or remove it",
      missingValue("data.password"),
    ]);
  });

  it("every missing required argument is named", async () => {
    assert.deepEqual(await problemsOf({}), [
      ZONE_ID,
      ENTITY_ID,
      "`name` is missing",
      `\`data\` is missing: write ${FORMS}`,
    ]);
  });

  const REJECTED: [string, object, string[]][] = [
    ["a zone that is not a string", { zoneId: 1 }, [notText("zoneId", "a number")]],
    ["a zone that is a list", { zoneId: ["zone_1"] }, [notText("zoneId", "a list")]],
    ["an entity that is a number", { entityId: 5 }, [notText("entityId", "a number")]],
    ["an entity that is an object", { entityId: { id: "ent_1" } }, [notText("entityId", "an object")]],
    ["an entity that is null", { entityId: null }, [ENTITY_ID]],
    ["an entity that is empty", { entityId: "" }, [ENTITY_ID]],
    ["a name that is null", { name: null }, [notText("name", "null")]],
    ["a description that is a number", { description: 1 }, [notText("description", "a number")]],
    ["an id that is not a string", { adoptId: 1 }, [notText("adoptId", "a number")]],
    ["metadata that is a text", { metadata: "team" }, [METADATA_OBJECT]],
    ["metadata that is null", { metadata: null }, [METADATA_OBJECT]],
    ["metadata that is no plain object", { metadata: new Map() }, [METADATA_OBJECT]],
    ["a number that JSON does not have", { metadata: { a: NaN } }, [METADATA_VALUES]],
    ["an endless number deep in metadata", { metadata: { a: [{ b: -Infinity }] } }, [METADATA_VALUES]],
    ["several values that are not JSON, once", { metadata: { a: NaN, b: new Date() } }, [METADATA_VALUES]],
    ["data that is a text", { data: "a-token-value" }, [DATA]],
    ["data that is null", { data: null }, [DATA]],
    ["data that is a list", { data: ["token", "a-token-value"] }, [DATA]],
    ["data without a type", { data: { token: "a-token-value" } }, [DATA]],
    ["data of an unheard type", { data: { type: "key", token: "a-token-value" } }, [DATA]],
    ["a token that is lacking", { data: { type: "token" } }, [missingValue("data.token")]],
    ["a token that is a list", { data: token(["a-token-value"]) }, [valueOf("data.token")]],
    [
      "a user name by reference",
      { data: { type: "password", username: { fromEnv: "USER" }, password: "hunter2" } },
      [
        "`data.username` must be a string: only `data.token` and `data.password` can come from fromEnv, fromFile and fromCommand, or be generated",
      ],
    ],
    [
      "a user name that is a number",
      { data: { type: "password", username: 7, password: "hunter2" } },
      [notText("data.username", "a number")],
    ],
    ["a token that is empty", { data: token("") }, [empty("data.token")]],
    [
      "a password that is empty",
      { data: { type: "password", username: "app", password: "" } },
      [empty("data.password")],
    ],
    ["a token that is a number", { data: token(1234567890) }, [valueOf("data.token")]],
    [
      "a password without its two fields",
      { data: { type: "password" } },
      ["`data.username` is missing", missingValue("data.password")],
    ],
    [
      "fields of the other form, every one",
      { data: { ...token("a-token-value"), username: "app", password: "hunter2" } },
      [foreign("`username`, `password`", "username")],
    ],
    [
      "a password beside a token",
      { data: { ...token("a-token-value"), password: "hunter2" } },
      [foreign("`password`")],
    ],
    [
      "a field of no form, without a word on `ignoreChanges`",
      { data: { ...token("a-token-value"), note: "x" } },
      [`\`data\` has \`note\`, which its type does not have: write ${FORMS}`],
    ],
    ["a name by reference", { name: { fromEnv: "NAME" } }, [notText("name", "an object")]],
    ["a token that is null", { data: token(null) }, [valueOf("data.token")]],
    ...[0, -1, NaN, Infinity, "90", null].map((maxAgeDays): [string, object, string[]] => [
      `an age limit of ${JSON.stringify(maxAgeDays)} (${typeof maxAgeDays})`,
      { maxAgeDays },
      ["`maxAgeDays` must be a number of days above 0, such as 90"],
    ]),
  ];
  for (const [what, args, problems] of REJECTED) {
    it(`${what} is rejected`, async () => assert.deepEqual(await problemsWith(args), problems));
  }

  it("assets and archives are rejected anywhere in metadata", async () => {
    const asset = new pulumi.asset.StringAsset("content");
    const archive = new pulumi.asset.AssetArchive({ file: asset });
    for (const metadata of [{ asset }, { deep: [{ archive }] }, asset]) {
      assert.deepEqual(await problemsWith({ metadata: await onTheWire(metadata) }), [METADATA_VALUES]);
    }
    assert.deepEqual(await problemsWith({ metadata: { asset } }), [METADATA_VALUES]);
  });

  it("a description is measured in characters, not in code units", async () => {
    assert.equal(DESCRIPTION_LENGTH, 128);
    assert.deepEqual(await problemsWith({ description: "🔑".repeat(128) }), []);
    assert.deepEqual(await problemsWith({ description: "🔑".repeat(129) }), [
      "`description` has 129 characters, and the maximum is 128",
    ]);
  });

  it("the error for an unknown argument lists the valid ones", async () => {
    const mistyped = { zone: "z", entity_id: "e", nam: "n", meta_data: {}, dat: {}, adoptID: "s", desc: "d" };
    assert.deepEqual(await problemsWith(mistyped), [
      notAnArgument("zone", "zoneId"),
      notAnArgument("entity_id", "entityId"),
      notAnArgument("nam", "name"),
      notAnArgument("meta_data", "metadata"),
      notAnArgument("dat", "data"),
      notAnArgument("adoptID", "adoptId"),
      notAnArgument("desc", "description"),
    ]);
  });

  it("properties that every object has are not arguments", async () => {
    const [problem, ...others] = await problemsWith({ constructor: "x" });
    assert.match(problem ?? "", /^`constructor` is not an argument of Secret/);
    assert.deepEqual(others, []);
  });
});

describe("what a preview cannot know yet", () => {
  it("an unknown value is accepted for any argument", async () => {
    for (const name of ARGUMENTS) assert.deepEqual(await problemsWith({ [name]: UNKNOWN }), []);
    assert.deepEqual(await problemsOf(Object.fromEntries(ARGUMENTS.map((name) => [name, UNKNOWN]))), []);
  });

  it("an unknown value is accepted for each field of data", async () => {
    const password = { type: "password", username: "app", password: "hunter2" };
    assert.deepEqual(await problemsWith({ data: token(UNKNOWN) }), []);
    assert.deepEqual(await problemsWith({ data: { ...password, username: UNKNOWN } }), []);
    assert.deepEqual(await problemsWith({ data: { ...password, password: UNKNOWN } }), []);
  });

  it("an unknown type accepts the fields of both types", async () => {
    assert.deepEqual(await problemsWith({ data: { type: UNKNOWN, token: "a-token-value" } }), []);
    assert.deepEqual(await problemsWith({ data: { type: UNKNOWN, username: "app", password: UNKNOWN } }), []);
    assert.deepEqual(await problemsWith({ data: { type: UNKNOWN } }), []);
  });

  it("an unknown value is accepted at any depth of metadata", async () => {
    assert.deepEqual(
      await problemsWith({ metadata: { a: UNKNOWN, b: { c: [1, UNKNOWN, { d: UNKNOWN }] } } }),
      [],
    );
  });

  it("known values next to unknown ones are validated", async () => {
    const data = { type: "token", token: UNKNOWN, username: "app" };
    assert.deepEqual(
      await problemsWith({ zoneId: UNKNOWN, name: 1, metadata: { a: UNKNOWN, b: NaN }, data }),
      [notText("name", "a number"), METADATA_VALUES, foreign("`username`")],
    );
  });

  it("an unknown value is not treated as an exposed value", async () => {
    const unknown = { name: UNKNOWN, description: UNKNOWN, metadata: { [UNKNOWN]: UNKNOWN } };
    assert.deepEqual(await problemsWith({ ...unknown, data: token(UNKNOWN) }), []);
  });
});

describe("a value that also stands in plain text", () => {
  const value = "planted-7f3a";
  const places: [string, object, string[]][] = [
    ["a name", { name: value }, ["name"]],
    ["the middle of a description", { description: `use ${value}!` }, ["description"]],
    ["metadata", { metadata: { team: value } }, ["metadata.team"]],
    ["metadata of metadata", { metadata: { a: { b: { c: `<${value}>` } } } }, ["metadata.a.b.c"]],
    ["a list in metadata", { metadata: { hosts: ["db", [value]] } }, ["metadata.hosts.1.0"]],
    ["a key of metadata", { metadata: { [value]: 1 } }, ["metadata.[value]"]],
    ["a part of a key", { metadata: { a: { [`x-${value}`]: true } } }, ["metadata.a.x-[value]"]],
    [
      "every place at once",
      { name: value, description: value, metadata: { a: value, b: [value] } },
      ["name", "description", "metadata.a", "metadata.b.0"],
    ],
  ];
  for (const [place, args, paths] of places) {
    it(`a value in plain text in ${place} is rejected, and the place is named`, async () => {
      assert.deepEqual(await problemsWith({ ...args, data: token(value) }), paths.map(exposed));
      const data = { type: "password", username: "app", password: value };
      assert.deepEqual(await problemsWith({ ...args, data }), paths.map(exposed));
    });
  }

  it("a value that metadata contains as a number is found", async () => {
    const metadata = { pin: 12345678, list: [-123456789], short: 1234567 };
    assert.deepEqual(await problemsWith({ metadata, data: token("12345678") }), [
      exposed("metadata.pin"),
      exposed("metadata.list.0"),
    ]);
  });

  it("a value of seven characters is accepted in plain text, one of eight is not", async () => {
    const exposing = (text: string) =>
      problemsWith({ name: text, description: text, metadata: { [text]: [text] }, data: token(text) });
    assert.deepEqual(await exposing("1234567"), []);
    assert.deepEqual(
      await exposing("12345678"),
      ["name", "description", "metadata.[value]", "metadata.[value].0"].map(exposed),
    );
  });

  it("the user name may occur in plain text", async () => {
    const data = { type: "password", username: "release-agent", password: "hunter2!" };
    assert.deepEqual(
      await problemsWith({ name: "release-agent", description: "of release-agent", data }),
      [],
    );
  });

  it("an omitted argument contains no value", async () => {
    for (const text of ["undefined", "[object Object]"]) {
      const problems = await problemsWith({ metadata: { a: { b: null } }, data: token(text) });
      assert.ok(!problems.some((problem) => problem.includes("contains the secret's value")));
    }
  });

  it("a value may occur in ids", async () => {
    assert.deepEqual(
      await problemsWith({ zoneId: value, entityId: value, adoptId: value, data: token(value) }),
      [],
    );
  });
});

describe("the messages about wrong arguments", () => {
  const value = "planted-7f3a";
  const shown = async (args: object) => (await problemsWith(args)).join("\n").includes(value);
  const misshapen = [
    value,
    [value],
    token([value]),
    { type: value },
    { type: value, username: value },
    { type: "token", tokn: value },
    { type: "password", username: value, password: { deep: value } },
    { type: "password", username: [value], password: value },
  ];
  const readable = [
    token(value),
    { token: value },
    { type: value, token: value },
    { type: "token", password: value },
    { type: "token", token: value, [value]: value },
    { type: "password", username: value, password: value, [`x-${value}`]: 1 },
    { type: UNKNOWN, password: value },
  ];

  it("no message shows a part of invalid data", async () => {
    for (const data of [...misshapen, ...readable]) assert.equal(await shown({ data }), false);
  });

  it("no message shows the value, wherever it occurs", async () => {
    const text = fc.constantFrom(value, `x-${value}`, "a");
    const json = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.constantFrom(NaN, null, undefined, 1),
        fc.array(tie("json"), { maxLength: 3 }),
        fc.dictionary(text, tie("json"), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).json;
    const names = fc.constantFrom(
      ...ARGUMENTS.filter((name) => name !== "data"),
      value,
      `${value}-x`,
      "extra",
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, json), fc.constantFrom(...readable), async (args, data) => {
        assert.equal(await shown({ ...args, data }), false);
      }),
    );
  });
});
