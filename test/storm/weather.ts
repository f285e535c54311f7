import { fromEnv, generated, initialValue, type SecretArgs, type TokenArgs } from "pulumi-keycard";
import type { FaultKind, FaultOptions, Switches } from "../emulator";
import type { Declared } from "../lifecycle/support/scene";

/** Returns numbers from 0 to 1. */
export type Random = () => number;

/** The transient faults. The slow ones last longer than an attempt may take. */
export const FAULTS: FaultKind[] = [
  { drop: "before" },
  { drop: "after" },
  { lateWorkMs: 4000 },
  { status: 500 },
  { status: 502, body: "<html>bad gateway</html>" },
  { status: 503, when: "after" },
  { status: 504, when: "after", body: "" },
  { status: 408 },
  { status: 425 },
  { status: 429, headers: { "retry-after": "0" } },
  { delayMs: 1500 },
  { delayMs: 1500, when: "after" },
  { body: "truncated" },
  { body: "cut-off" },
  { body: "html" },
  { body: "empty" },
  { body: "foreign-json" },
  { slowHeaders: 1500 },
  { slowBody: 1500 },
  { revokeToken: true },
  // These make an `up` fail, because redirects are not followed, so only the first run of a round has them. A 303 points to the result.
  { redirect: "https://elsewhere.test/", status: 307 },
  { redirect: "https://elsewhere.test/", status: 303 },
];

/** Every other token also expires while it is in use. */
export const SHORT_LIVED: FaultOptions = {
  kind: { shortLivedToken: 1 },
  path: /token/,
  probability: 0.5,
  times: Infinity,
};

/** The number of values so far. */
let values = 0;

const pick = <T>(random: Random, choices: readonly T[]): T =>
  choices[Math.floor(random() * choices.length)] as T;

/**
 * How late things appear in one round, how far clocks differ, and how the service changes what it stores. All of this
 * stays the same within a round.
 */
export function anyHabits(random: Random): Partial<Switches> {
  return {
    listLagMs: pick(random, [0, 2000, 8000]),
    readLagMs: pick(random, [0, 2000, 8000]),
    writeLagMs: pick(random, [0, 2000]),
    timesBehindMs: pick(random, [0, 1000, 5000, 20_000]),
    texts: pick(random, ["kept", "trimmed", "nfc", "lower-case", "collapsed"]),
    metadataValues: pick(random, ["kept", "trimmed", "as-text", "lower-case-keys", "without-empty"]),
    metadataNulls: pick(random, ["kept", "dropped"]),
    ownMetadata: pick(random, ["never", "always", "on-create", "on-update"]),
  };
}

/**
 * A secret with any content, in one of few entities and with one of few names, so that many look alike. No two have the
 * same value: if several creates of identical secrets get no answer, it is impossible to tell which secret belongs to
 * which create.
 */
export function anySecret(random: Random): SecretArgs {
  const value = () => Math.floor(random() * 1000);
  values++;
  // Each value has its own variable name, because a variable keeps its value while a secret refers to it.
  process.env[variableOf(values)] = `planted-by-reference-${values}`;
  const valueArg = pick<TokenArgs["token"]>(random, [
    `planted-${values}`,
    fromEnv(variableOf(values)),
    generated({ length: pick(random, [16, 40]), rotation: `${values}` }),
    initialValue(`planted-first-${values}`),
    initialValue(fromEnv(variableOf(values))),
  ]);
  const description = pick(random, [undefined, "For releases", " For  Nightly builds "]);
  const metadata = pick(random, [
    undefined,
    { team: "release", stage: " P ", level: 1 },
    { Team: "build", tags: { a: value(), B: true, none: null }, empty: "", rest: {} },
  ]);
  return {
    entityId: pick(random, ["ent_1", "ent_2", "ent_3"]),
    name: pick(random, ["deploy", "Sign\u0041\u030a", "publish  all"]),
    ...(description && { description }),
    ...(metadata && { metadata }),
    data: pick<SecretArgs["data"]>(random, [
      { type: "token", token: valueArg },
      { type: "password", username: `user ${value()}`, password: valueArg },
    ]),
  };
}

/** The name of the variable for the n-th value. */
const variableOf = (n: number) => `VALUE_${n}_OF_A_STORM`;

/** Changes about half of what is declared: replaces, patches, removes and adds secrets, up to a maximum number. */
export function changed(declared: Declared, random: Random, count: number): Declared {
  const next: Declared = {};
  for (const [name, args] of Object.entries(declared)) {
    const luck = random();
    const other = anySecret(random);
    if (luck < 0.1) continue;
    if (luck < 0.2) next[name] = { ...args, entityId: other.entityId };
    else if (luck < 0.3) next[name] = { entityId: args.entityId, data: args.data };
    else if (luck < 0.4) next[name] = { ...args, data: other.data };
    else if (luck < 0.5) next[name] = { ...other, entityId: args.entityId };
    else next[name] = args;
  }
  for (let i = 0; Object.keys(next).length < count; i++) {
    const name = `s${i}`;
    if (!(name in declared) && !(name in next)) next[name] = anySecret(random);
    if (i > 10 * count) throw new Error("There are no names left.");
  }
  return next;
}
