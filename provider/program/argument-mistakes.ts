import * as pulumi from "@pulumi/pulumi";
import { isOutput, isPromise, isRecord, kindOf, mistake } from "../protocol/mistake";

/**
 * Refuses what only plain JavaScript and `any` can pass to the constructor of a resource, and what would fail in the SDK
 * with a message about something else.
 *
 * @param constructor - at whose caller the stack of the error begins
 */
export function assertConstructorArguments(
  name: unknown,
  args: unknown,
  opts: unknown,
  constructor: NewableFunction,
): void {
  if (typeof name !== "string" || name === "") {
    throw mistake(
      "Secret: the first argument must be the name of the Pulumi resource, " +
        `not ${kindOf(name)}. Write new Secret("github", { entityId, data }).`,
      constructor,
    );
  }
  if (args === undefined || args === null) {
    throw mistake(
      `Secret ${name}: the arguments are missing. Write new Secret("${name}", { entityId, data }).`,
      constructor,
    );
  }
  if (!isRecord(args)) {
    const hint = isOutput(args) || isPromise(args) ? " Its fields may be outputs and promises." : "";
    throw mistake(
      `Secret ${name}: the arguments must be an object such as { entityId, data }, not ${kindOf(args)}.${hint}`,
      constructor,
    );
  }
  assertOptions(`Secret ${name}`, opts, constructor);
}

/** Refuses the same for `Secret.get`. */
export function assertGetArguments(
  name: unknown,
  id: unknown,
  lookup: unknown,
  opts: unknown,
  get: CallableFunction,
): void {
  const example = 'Write Secret.get("shared", "sec_1").';
  if (typeof name !== "string" || name === "") {
    throw mistake(
      `Secret.get: the first argument must be the name of the Pulumi resource, not ${kindOf(name)}. ${example}`,
      get,
    );
  }
  if (id === undefined || id === null || id === "") {
    throw mistake(
      `Secret.get ${name}: the id of the secret, the second argument, is ${kindOf(id)}. ${example}`,
      get,
    );
  }
  if (typeof id !== "string" && !isOutput(id) && !isPromise(id)) {
    throw mistake(
      `Secret.get ${name}: the id of the secret must be a string, not ${kindOf(id)}. ${example}`,
      get,
    );
  }
  if (!isRecord(lookup)) {
    throw mistake(
      `Secret.get ${name}: the third argument must be an object such as { zoneId }, not ${kindOf(lookup)}.`,
      get,
    );
  }
  const unknown = Object.keys(lookup).filter((key) => key !== "zoneId");
  if (unknown.length > 0) {
    throw mistake(
      `Secret.get ${name}: the third argument has ${unknown.map((key) => `\`${key}\``).join(", ")}, and takes ` +
        "`zoneId` alone. Options such as `protect` are the fourth argument.",
      get,
    );
  }
  assertOptions(`Secret.get ${name}`, opts, get);
}

function assertOptions(what: string, opts: unknown, called: NewableFunction | CallableFunction): void {
  if (pulumi.Resource.isInstance(opts)) {
    throw mistake(
      `${what}: the options are a resource. To make it the parent, write { parent: resource }.`,
      called,
    );
  }
  if (!isRecord(opts)) {
    throw mistake(
      `${what}: the options must be an object such as { protect: true }, not ${kindOf(opts)}.`,
      called,
    );
  }
}
