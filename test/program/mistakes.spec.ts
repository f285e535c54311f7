import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as dynamic from "../../provider";
import * as native from "../../provider/native";

type Loosely = (...args: unknown[]) => unknown;

const data = { type: "token", token: "planted-value" };

function thrownBy(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  return assert.fail("it was accepted");
}

const FIRST = 'Write new Secret("github", { entityId, data }).';
const GET = 'Write Secret.get("shared", "sec_1").';

type Call = [what: string, call: () => unknown, message: string];

type Entry = Pick<typeof dynamic, keyof typeof dynamic & keyof typeof native> | typeof native;

/** Calls of the class and of the lookups of either entry. */
const callsOf = ({ Secret, ...entry }: Entry): Call[] => {
  // Arguments that plain JavaScript can pass.
  const make: Loosely = (...args) => new (Secret as unknown as new (...args: unknown[]) => unknown)(...args);
  const get = Secret.get.bind(Secret) as unknown as Loosely;
  return [
    [
      "no arguments",
      () => make("a"),
      'Secret a: the arguments are missing. Write new Secret("a", { entityId, data }).',
    ],
    [
      "null",
      () => make("a", null),
      'Secret a: the arguments are missing. Write new Secret("a", { entityId, data }).',
    ],
    [
      "arguments without a name",
      () => make({ entityId: "e", data }),
      `Secret: the first argument must be the name of the Pulumi resource, not an object. ${FIRST}`,
    ],
    [
      "an empty name",
      () => make("", { data }),
      `Secret: the first argument must be the name of the Pulumi resource, not an empty string. ${FIRST}`,
    ],
    [
      "a list for the arguments",
      () => make("a", [data]),
      "Secret a: the arguments must be an object such as { entityId, data }, not a list.",
    ],
    [
      "a promise for the arguments",
      () => make("a", Promise.resolve({ data })),
      "Secret a: the arguments must be an object such as { entityId, data }, not a promise. Its fields may be outputs and promises.",
    ],
    [
      "an output for the arguments",
      () => make("a", pulumi.output({ data })),
      "Secret a: the arguments must be an object such as { entityId, data }, not an output. Its fields may be outputs and promises.",
    ],
    [
      "null for the options",
      () => make("a", { data }, null),
      "Secret a: the options must be an object such as { protect: true }, not null.",
    ],
    [
      "no id",
      () => get("a"),
      `Secret.get a: the second argument must be the ID of the secret, not undefined. ${GET}`,
    ],
    [
      "an empty id",
      () => get("a", ""),
      `Secret.get a: the second argument must be the ID of the secret, not an empty string. ${GET}`,
    ],
    [
      "an id that is a number",
      () => get("a", 5),
      `Secret.get a: the ID of the secret must be a string, not a number. ${GET}`,
    ],
    [
      "a zone for the third argument",
      () => get("a", "sec_1", "zone_1"),
      "Secret.get a: the third argument must be an object such as { zoneId }, not a string.",
    ],
    [
      "options for the third argument",
      () => get("a", "sec_1", { protect: true }),
      "Secret.get a: the third argument has `protect`, but takes only `zoneId`. Put options such as `protect` into the fourth argument.",
    ],
    [
      "an unknown argument of a listing",
      () => (entry.listSecretsOutput as Loosely)({ zone: "zone_1" }),
      "listSecretsOutput({ zone: … }): `zone` is not an argument. Did you mean `zoneId`? The arguments are `zoneId`, `entityId`, `name`, `type`.",
    ],
    [
      "an output of an id beside a name",
      () => (entry.getSecretOutput as Loosely)({ id: pulumi.output("sec_1"), name: "GitHub" }),
      'getSecretOutput({ id: …, name: "GitHub" }): `id` and `name` are both set. Set only one of them.',
    ],
    [
      "a list for an entity",
      () => (entry.listSecretsOutput as Loosely)({ entityId: ["ent_1"] }),
      "listSecretsOutput({ entityId: a list }): `entityId` must be a string, not a list.",
    ],
  ];
};

/** Tested on the dynamic resource only, because the plugin accepts Pulumi's own options. */
const OPTIONS: Call[] = [
  [
    "an unknown option of a lookup",
    () => (dynamic.getSecretOutput as Loosely)({ id: pulumi.output("sec_1") }, { provider: 1 }),
    "getSecretOutput({ id: … }): `provider` is not an option of a lookup. The options are `parent`, `dependsOn`.",
  ],
];

const throughPlugin = (calls: Call[]) =>
  calls.map(([what, ...rest]): Call => [`${what}, through the plugin`, ...rest]);

describe("a mistake in a call", () => {
  for (const [what, call, message] of [...callsOf(dynamic), ...OPTIONS, ...throughPlugin(callsOf(native))]) {
    it(`the stack begins at the user's line for ${what}`, () => {
      const error = thrownBy(call);
      assert.equal(error.message, message);
      assert.match((error.stack ?? "").split("\n")[1] ?? "", /mistakes\.spec/);
    });
  }
});

const promisesOf = ({ getSecret, getSecretValue, listSecrets }: Entry): Call[] => [
  [
    "an id by itself",
    () => (getSecret as Loosely)("sec_x"),
    'getSecret("sec_x"): the argument must be an object, not a string. Write getSecret({ id: "sec_1" }).',
  ],
  [
    "nothing",
    () => (getSecretValue as Loosely)(),
    'getSecretValue(): the argument must be an object, not undefined. Write getSecretValue({ id: "sec_1" }).',
  ],
  [
    "no id",
    () => (getSecret as Loosely)({}),
    'getSecret({}): `id` or `name` is missing. Write getSecret({ id: "sec_1" }).',
  ],
  [
    "an id and a name",
    () => (getSecretValue as Loosely)({ id: "sec_1", name: "GitHub" }),
    'getSecretValue({ id: "sec_1", name: "GitHub" }): `id` and `name` are both set. Set only one of them.',
  ],
  [
    "an entity beside an id",
    () => (getSecret as Loosely)({ id: "sec_1", entityId: "ent_1" }),
    'getSecret({ id: "sec_1", entityId: "ent_1" }): `entityId` can only be used with `name`. Remove it.',
  ],
  [
    "an empty name",
    () => listSecrets({ name: "" }),
    'listSecrets({ name: "" }): `name` must be a string, not an empty string.',
  ],
  [
    "an output where none can be awaited",
    () => (getSecret as Loosely)({ id: pulumi.output("sec_1") }),
    "getSecret({ id: … }): `id` is an output. Use getSecretOutput, which takes outputs and promises.",
  ],
  [
    "an empty entity",
    () => listSecrets({ entityId: "" }),
    'listSecrets({ entityId: "" }): `entityId` must be a string, not an empty string.',
  ],
  [
    "a type that does not exist",
    () => (listSecrets as Loosely)({ zoneId: "zone_1", type: "key" }),
    'listSecrets({ zoneId: "zone_1", type: "key" }): `type` must be `token` or `password`.',
  ],
];

const PROMISE_OPTIONS: Call[] = [
  [
    "an option that means nothing",
    () => (dynamic.listSecrets as Loosely)({}, { dependsOn: [] }),
    "listSecrets({}): `dependsOn` is not an option of a lookup. The options are `parent`.",
  ],
];

describe("a mistake in a lookup that returns a promise", () => {
  for (const [what, call, message] of [
    ...promisesOf(dynamic),
    ...PROMISE_OPTIONS,
    ...throughPlugin(promisesOf(native)),
  ]) {
    it(`the promise is rejected, beginning with the call, for ${what}`, async () => {
      const error = await (call() as Promise<unknown>).then(
        () => assert.fail("it was accepted"),
        (reason: Error) => reason,
      );
      assert.equal(error.message, message);
      assert.ok(pulumi.RunError.isInstance(error), "Pulumi shows the stack of another error");
      assert.doesNotMatch(error.stack ?? "", /provider.program/);
    });
  }
});
