import assert from "node:assert/strict";
import type { dynamic } from "@pulumi/pulumi";
import sinon from "sinon";
import type { SecretInputs, SecretState } from "../../provider/secret-inputs";
import { SecretProvider } from "../../provider/secret-provider";
import { startKeycard, type Keycard, type KeycardOptions } from "../emulator";

/** What the tests send as the text that loads the provider; no test runs it. */
export const LOADER = "the loader text";
/** The value of the secrets declared here, which no error may show. */
export const VALUE = "planted-value-7f3a";

/** Arguments of what is required alone. */
export const bare: SecretInputs = {
  zoneId: "zone_1",
  entityId: "ent_1",
  name: "github",
  data: { type: "token", token: VALUE },
};
/** Arguments of all that can be declared. */
export const full: SecretInputs = {
  ...bare,
  description: "For releases",
  metadata: { team: "release", tags: ["a", { b: null }] },
};
/** Data of the other type. */
export const account = { type: "password", username: "app", password: VALUE } as const;

/** The path of all secrets. */
export const PATH = "/zones/zone_1/secrets";
/** The path of the first secret made. */
export const SECRET = `${PATH}/sec_1`;
/** The request that lists the secrets of an entity or a zone. */
export const list = { method: "GET", path: PATH };
/** The request that reads the first secret. */
export const get = { method: "GET", path: SECRET };
/** The request that patches the first secret. */
export const patch = (body: object) => ({ method: "PATCH", path: SECRET, body });

/** Arguments and states as the engine passes them, with the loader text; nothing may be changed in them. */
export const sent = <T extends object>(props: T) => frozen({ ...structuredClone(props), __provider: LOADER });

/** Calls `check` as the engine does, with no olds. */
export const check = (news: object, by = provider) =>
  by.check(frozen({}), sent(news)) as Promise<{
    inputs: SecretInputs;
    failures: dynamic.CheckFailure[];
  }>;
/** Calls `diff` of the first secret as the engine does. */
export const diff = (olds: SecretState, news: object, by = provider) =>
  by.diff("sec_1", sent(olds), sent(news as SecretInputs));
/** Calls `create` as the engine does. */
export const create = (inputs: SecretInputs, by = provider) =>
  by.create(sent(inputs)) as Promise<{ id: string; outs: SecretState }>;
/** Calls `read` of the first secret as the engine does. */
export const read = (props: SecretState | { zoneId: string }, by = provider) =>
  by.read("sec_1", sent(props)) as Promise<{ id: string; props: SecretState; inputs: SecretInputs }>;
/** Calls `update` of the first secret as the engine does. */
export const update = (olds: SecretState, news: SecretInputs, by = provider) =>
  by.update("sec_1", sent(olds), sent(news)) as Promise<{ outs: SecretState }>;
/** Calls `delete` of the first secret as the engine does. */
export const remove = (state: SecretState, by = provider) => by.delete("sec_1", sent(state));

/** The emulator of the running test, once it was started. */
export let keycard: Keycard;
/** The provider of the running test, which the engine has configured for that emulator. */
export let provider: SecretProvider;

/** What the providers of the running test have shown to the user. */
export let notes: string[] = [];

/** Pauses for what may appear late that no test notices. */
const PAUSES_MS = [20, 20, 40, 80];

const ownVariables = () =>
  Object.entries(process.env).filter(([variable]) => variable.startsWith("KEYCARD_"));

/**
 * Gives each test of a `describe` an environment without settings of Keycard, and ends the emulator after it. The tests
 * start it, each with its own options.
 */
export function useProvider(): void {
  let savedEnv: [string, string | undefined][];
  beforeEach(() => {
    notes = [];
    savedEnv = ownVariables();
    for (const [variable] of savedEnv) delete process.env[variable];
  });
  afterEach(async () => {
    for (const [variable] of ownVariables()) delete process.env[variable];
    Object.assign(process.env, Object.fromEntries(savedEnv));
    sinon.restore();
    await (keycard as Keycard | undefined)?.close();
  });
}

/** Starts an emulator, and configures a provider for it. */
export async function start(options: KeycardOptions = {}, config: Record<string, string> = {}) {
  keycard = await startKeycard({ ids: "sequential", ...options });
  nextRun(config);
}

/** Begins another run of the engine: with a provider that knows nothing of the one before. */
export function nextRun(config: Record<string, string> = {}): void {
  provider = providerWith({
    "keycard:endpoint": keycard.url,
    "keycard:clientId": keycard.clientId,
    "keycard:clientSecret": keycard.clientSecret,
    ...config,
  });
}

/** A provider that the engine has given a stack's configuration. */
export function providerWith(config: Record<string, string>): SecretProvider {
  const made = new SecretProvider((line) => notes.push(line), PAUSES_MS);
  void made.configure(requestWith(config));
  return made;
}

/** The request that gives a provider a stack's configuration. */
export function requestWith(config: Record<string, string>): dynamic.ConfigureRequest {
  const get = (key: string) => config[key];
  return { config: { get, require: (key) => get(key) ?? "" } };
}

/** Makes every pause before another attempt longer than a call may take, so that none is made. */
export const noRetries = () => sinon.stub(Math, "random").returns(1e6);

/** Makes a secret through the provider, and forgets the requests. */
export async function created(inputs: SecretInputs = full): Promise<SecretState> {
  const { outs } = await create(inputs);
  keycard.clearLog();
  return outs;
}

/** A state as a later run has it: the secret was created an hour ago. */
export function aged(state: SecretState): SecretState {
  nextRun();
  return { ...state, createdAt: new Date(Date.parse(state.createdAt) - 3_600_000).toISOString() };
}

/** The state of the first secret if its value may have changed last with the secret itself. */
export function stateSinceUpdate(): SecretState {
  return stateNow(undefined, keycard.secret("sec_1")?.updated_at);
}

/**
 * The state that tells the truth of the first secret, as the emulator holds it.
 *
 * @param valueVersion - the version at which the state knows the value, if that is another
 * @param changedAt - when the value changed, as far as the state knows it
 */
export function stateNow(valueVersion?: number, changedAt = keycard.valueChangedAt("sec_1")): SecretState {
  const stored = keycard.secret("sec_1");
  assert.ok(stored);
  const { zone_id, entity_id, name, description, metadata, data, version, created_at, updated_at } = stored;
  return {
    zoneId: zone_id,
    entityId: entity_id,
    name,
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    data,
    type: data.type,
    version,
    createdAt: created_at,
    updatedAt: updated_at,
    ...(valueVersion !== undefined && valueVersion !== version && { __valueVersion: valueVersion }),
    ...(changedAt !== undefined && changedAt !== updated_at && { __valueChangedAt: changedAt }),
  };
}

/** The error of a call that has to fail, and to show neither the value nor a credential. */
export async function failureOf(call: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  const error = await call.then(
    () => assert.fail("The call succeeded."),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Error);
  assert.ok(!`${error.message}${error.stack}`.includes(VALUE), "shows the value");
  assert.ok(!`${error.message}${error.stack}`.includes(keycard.clientSecret), "shows a credential");
  return error as Error & Record<string, unknown>;
}

/** Refuses what the SDK could not pass on, or only as something else. */
export function assertPlainJson(value: unknown, path = "result"): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") return assert.ok(Number.isFinite(value), path);
  assert.equal(typeof value, "object", `${path} is ${typeof value}`);
  const prototype: unknown = Object.getPrototypeOf(value);
  assert.ok(prototype === (Array.isArray(value) ? Array.prototype : Object.prototype), path);
  assert.ok(!Object.isFrozen(value), `${path} is frozen`);
  for (const [key, child] of Object.entries(value as object)) assertPlainJson(child, `${path}.${key}`);
}

/** The value, in which nothing can be changed from now on. */
export function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
