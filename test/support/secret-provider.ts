import type { dynamic } from "@pulumi/pulumi";
import assert from "node:assert/strict";
import sinon from "sinon";
import { Retries } from "../../provider/keycard/http/request";
import type { SecretInputs } from "../../provider/secret/fields";
import type { SecretState } from "../../provider/secret/state";
import { type Keycard, type KeycardOptions, startKeycard } from "../emulator";
import { SecretProvider } from "./dynamic-resource";

/** The text that the tests send as the loader of the provider. No test runs it. */
export const LOADER = "the loader text";
/** The value of the secrets declared here. No error may show it. */
export const VALUE = "planted-value-7f3a";

/** Only the required arguments. */
export const bare: SecretInputs = {
  zoneId: "zone_1",
  entityId: "ent_1",
  name: "github",
  data: { type: "token", token: VALUE },
};
/** All arguments that can be declared. */
export const full: SecretInputs = {
  ...bare,
  description: "For releases",
  metadata: { team: "release", tags: ["a", { b: null }] },
};
/** Data of the other type. */
export const account = { type: "password", username: "app", password: VALUE } as const;

/** The path of all secrets. */
export const PATH = "/zones/zone_1/secrets";
/** The path of the first secret that is created. */
export const SECRET = `${PATH}/sec_1`;
/** The request that lists the secrets of an entity or a zone. */
export const list = { method: "GET", path: PATH };
/** The request that reads the first secret. */
export const get = { method: "GET", path: SECRET };
/** The request that patches the first secret. */
export const patch = (body: object) => ({ method: "PATCH", path: SECRET, body });

/** Arguments and states as the engine passes them, frozen and with the loader text. */
export const sent = <T extends object>(props: T) => frozen({ ...structuredClone(props), __provider: LOADER });

/** Calls `check` as the engine does, without old inputs. */
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
/** What the engine stores after a read of the first secret: it keeps its inputs if the result has none. */
export async function refresh(state: SecretState, held: SecretInputs) {
  const { props, inputs = held }: { props: SecretState; inputs?: SecretInputs } = await read(state);
  return { props, inputs };
}
/** Calls `update` of the first secret as the engine does. */
export const update = (olds: SecretState, news: SecretInputs, by = provider) =>
  by.update("sec_1", sent(olds), sent(news)) as Promise<{ outs: SecretState }>;
/** Calls `delete` of the first secret as the engine does. */
export const remove = (state: SecretState, by = provider) => by.delete("sec_1", sent(state));

/** The emulator of the running test, after the test has started it. */
export let keycard: Keycard;
/** The provider of the running test, which is configured for that emulator. */
export let provider: SecretProvider;

/** The messages that the providers of the running test have shown to the user. */
export let notes: string[] = [];

/** Pauses while a secret may still appear late, short enough for tests. */
const PAUSES_MS = [20, 20, 40, 80];

const ownVariables = () =>
  Object.entries(process.env).filter(([variable]) => variable.startsWith("KEYCARD_"));

/**
 * Runs each test of a `describe` without Keycard settings in the environment, and closes the emulator after it. The tests
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

/** Starts another run of the engine, with a provider that has no memory of the previous one. */
export function nextRun(config: Record<string, string> = {}): void {
  provider = providerWith({
    "keycard:endpoint": keycard.url,
    "keycard:clientId": keycard.clientId,
    "keycard:clientSecret": keycard.clientSecret,
    ...config,
  });
}

/** A provider that is configured as the engine does it, with a stack's configuration. */
export function providerWith(config: Record<string, string>): SecretProvider {
  const made = new SecretProvider((line) => notes.push(line), PAUSES_MS);
  void made.configure(requestWith(config));
  return made;
}

/** The request that passes a stack's configuration to a provider. */
export function requestWith(config: Record<string, string>): dynamic.ConfigureRequest {
  const get = (key: string) => config[key];
  return { config: { get, require: (key) => get(key) ?? "" } };
}

/** Leaves no time for retries. */
export const noRetries = () =>
  sinon.stub(Retries.prototype as unknown as Record<"pauseAfter", () => undefined>, "pauseAfter");

/** Creates a secret through the provider, and clears the log of requests. */
export async function created(inputs: SecretInputs = full): Promise<SecretState> {
  const { outs } = await create(inputs);
  keycard.clearLog();
  return outs;
}

/** The state in a later run: the secret was created an hour ago. */
export function aged(state: SecretState): SecretState {
  nextRun();
  return { ...state, createdAt: new Date(Date.parse(state.createdAt) - 3_600_000).toISOString() };
}

/** The state of the first secret if its value may have changed as late as the secret itself. */
export function stateSinceUpdate(): SecretState {
  return stateNow(undefined, keycard.secret("sec_1")?.updated_at);
}

/**
 * The state that matches the first secret in the emulator.
 *
 * @param valueVersion - the version at which the state knows the value, if that differs from the secret's
 * @param changedAt - when the value changed, as far as the state knows
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

/** The error of a call that has to fail. It must show neither the value nor a credential. */
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

/** Fails for a value that the SDK cannot pass on unchanged. */
export function assertPlainJson(value: unknown, path = "result"): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") return assert.ok(Number.isFinite(value), path);
  assert.equal(typeof value, "object", `${path} is ${typeof value}`);
  const prototype: unknown = Object.getPrototypeOf(value);
  assert.ok(prototype === (Array.isArray(value) ? Array.prototype : Object.prototype), path);
  assert.ok(!Object.isFrozen(value), `${path} is frozen`);
  for (const [key, child] of Object.entries(value as object)) assertPlainJson(child, `${path}.${key}`);
}

/** Freezes a value and everything in it. */
export function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
