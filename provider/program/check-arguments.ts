import * as pulumi from "@pulumi/pulumi";
import { strayText } from "../pulumi-values";
import { isOutput, isPromise, isRecord, kindOf, mistake } from "../mistake";

/** Keys that the SDK (3.276) cannot transport: the first is lost on the wire, and the second makes the SDK fail. */
const IMPOSSIBLE_KEYS = ["__proto__", "toString"];

/**
 * Checks arguments before the SDK serializes them, which silently turns a date, a map or a class instance into `{}`
 * (3.276, pulumi/pulumi#7106).
 *
 * @returns the arguments, in which the outputs in `metadata` are checked when they resolve
 * @throws an Error that names the place and what to write instead; it shows no value
 */
export function checkArguments<T extends object>(resource: string, args: T, called: NewableFunction): T {
  const found: Finding[] = [];
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    const walk = new Walk(found, name === "metadata" ? watchOutput(resource) : (output) => output);
    checked[name] = walk.look(value, name);
  }
  if (found.length > 0) throw mistake(problem(resource, found), called);
  return checked as T;
}

type Pending = Promise<unknown> | pulumi.Output<unknown>;

type Finding = [path: string, problem: string];

const problem = (resource: string, found: Finding[]) =>
  `Secret ${resource}: ${found.map(([path, what]) => `\`${path}\` ${what}`).join("; ")}.`;

function watchOutput(resource: string) {
  return (pending: Pending, path: string) => {
    const look = (value: unknown) => {
      const found: Finding[] = [];
      new Walk(found, (inner) => inner).look(value, path);
      if (found.length > 0) throw new pulumi.RunError(problem(resource, found));
      return value;
    };
    // `pulumi.output` would turn a date in a promise into `{}` itself.
    return pending instanceof Promise ? pending.then(look) : pending.apply(look);
  };
}

class Walk {
  private readonly above: object[] = [];

  constructor(
    private readonly found: Finding[],
    private readonly atOutput: (pending: Pending, path: string) => unknown,
  ) {}

  /** Returns the value. It is a copy if it contains an output to check. */
  look(value: unknown, path: string): unknown {
    if (isPending(value)) return this.atOutput(value, path);
    if (pulumi.isUnknown(value)) return value;
    const what = problemOf(value) ?? (this.above.includes(value as object) ? CYCLE : undefined);
    if (what !== undefined) this.found.push([path, what]);
    if (what !== undefined || typeof value !== "object" || value === null) return value;
    this.above.push(value);
    const result = Array.isArray(value) ? this.lookAtList(value, path) : this.lookAtObject(value, path);
    this.above.pop();
    return result;
  }

  private lookAtList(list: unknown[], path: string): unknown[] {
    const copy = list.map((item, index) => this.look(item, `${path}[${index}]`));
    return copy.some((item, index) => item !== list[index]) ? copy : list;
  }

  private lookAtObject(object: object, path: string): object {
    let copy: Record<string, unknown> | undefined;
    for (const [key, child] of Object.entries(object)) {
      if (IMPOSSIBLE_KEYS.includes(key)) {
        this.found.push([`${path}.${key}`, "has a name that Pulumi cannot transport: rename the key"]);
        continue;
      }
      const stray = strayText(key);
      if (stray !== undefined) this.found.push([path, `has a key that ${stray}`]);
      const looked = this.look(child, stray === undefined ? `${path}.${key}` : path);
      if (looked !== child) (copy ??= { ...object })[key] = looked;
    }
    return copy ?? object;
  }
}

const CYCLE = "contains itself, which JSON cannot express";

function problemOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return strayText(value);
    case "bigint":
      return "is a bigint, which JSON does not have: write it as a string";
    case "function":
      return "is a function, which Pulumi would drop: call it, or write its result";
    case "symbol":
      return "is a symbol, which JSON does not have: write it as a string";
    case "number":
      return Number.isFinite(value)
        ? undefined
        : `is ${value}, which JSON does not have: write it as a string`;
    case "object":
      return value === null || Array.isArray(value) || isPlain(value) ? undefined : describeInstance(value);
    default:
      return undefined;
  }
}

/** True for a plain object, including one of another realm, as in tests with a virtual machine. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describeInstance(value: object): string {
  if (value instanceof Date) return "is a Date, which Pulumi would store as {}: write date.toISOString()";
  if (value instanceof Map) return "is a Map, which Pulumi would store as {}: write Object.fromEntries(map)";
  if (value instanceof Set) return "is a Set, which Pulumi would store as {}: write [...set]";
  if (pulumi.Resource.isInstance(value)) return "is a resource: write one of its outputs, such as its id";
  const { name = "" } = value.constructor as { name?: string };
  return `is an instance of the class ${name || "without a name"}, which Pulumi would store as {} or in part: write a plain object`;
}

function isPending(value: unknown): value is Pending {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/**
 * Rejects arguments that only plain JavaScript or `any` can pass to the constructor, and that would fail in the SDK with an
 * unrelated message.
 *
 * @param constructor - the function whose caller the stack of the error begins with
 */
export function assertConstructorArguments(
  name: unknown,
  args: unknown,
  opts: unknown,
  constructor: NewableFunction,
): void {
  const fail = (text: string) => mistake(text, constructor);
  if (typeof name !== "string" || name === "") {
    throw fail(
      "Secret: the first argument must be the name of the Pulumi resource, " +
        `not ${kindOf(name)}. Write new Secret("github", { entityId, data }).`,
    );
  }
  if (args === undefined || args === null)
    throw fail(`Secret ${name}: the arguments are missing. Write new Secret("${name}", { entityId, data }).`);
  if (!isRecord(args)) {
    const hint = isOutput(args) || isPromise(args) ? " Its fields may be outputs and promises." : "";
    throw fail(
      `Secret ${name}: the arguments must be an object such as { entityId, data }, not ${kindOf(args)}.${hint}`,
    );
  }
  assertOptions(`Secret ${name}`, opts, fail);
}

/** Rejects the same for `Secret.get`. */
function assertGetArguments(
  name: unknown,
  id: unknown,
  lookup: unknown,
  opts: unknown,
  get: CallableFunction,
): void {
  const example = 'Write Secret.get("shared", "sec_1").';
  const fail = (text: string) => mistake(text, get);
  if (typeof name !== "string" || name === "") {
    const what = "the first argument must be the name of the Pulumi resource";
    throw fail(`Secret.get: ${what}, not ${kindOf(name)}. ${example}`);
  }
  const call = `Secret.get ${name}`;
  if (id === undefined || id === null || id === "")
    throw fail(`${call}: the second argument must be the ID of the secret, not ${kindOf(id)}. ${example}`);
  if (typeof id !== "string" && !isOutput(id) && !isPromise(id))
    throw fail(`${call}: the ID of the secret must be a string, not ${kindOf(id)}. ${example}`);
  if (!isRecord(lookup))
    throw fail(`${call}: the third argument must be an object such as { zoneId }, not ${kindOf(lookup)}.`);
  const unknown = Object.keys(lookup).filter((key) => key !== "zoneId");
  if (unknown.length > 0) {
    throw fail(
      `${call}: the third argument has ${unknown.map((key) => `\`${key}\``).join(", ")}, but takes only ` +
        "`zoneId`. Put options such as `protect` into the fourth argument.",
    );
  }
  assertOptions(call, opts, fail);
}

function assertOptions(what: string, opts: unknown, fail: (text: string) => Error): void {
  if (pulumi.Resource.isInstance(opts))
    throw fail(`${what}: the options are a resource. To make it the parent, write { parent: resource }.`);
  if (!isRecord(opts))
    throw fail(`${what}: the options must be an object such as { protect: true }, not ${kindOf(opts)}.`);
}

/** Returns the options with which `Secret.get` reads an existing secret. */
export function readOptions(
  name: string,
  id: pulumi.Input<pulumi.ID>,
  lookup: { zoneId?: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
  get: CallableFunction,
): pulumi.CustomResourceOptions {
  assertGetArguments(name, id, lookup, opts, get);
  return { ...opts, id: idInZone(id, lookup.zoneId) };
}

/** Makes the id unknown as long as the zone is, because Pulumi does not read a resource with an unknown id. */
function idInZone(
  id: pulumi.Input<pulumi.ID>,
  zoneId: pulumi.Input<string> | undefined,
): pulumi.Input<pulumi.ID> {
  if (zoneId === undefined || typeof zoneId === "string") return id;
  return pulumi.all([id, zoneId]).apply(([known]) => known);
}
