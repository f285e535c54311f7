import * as pulumi from "@pulumi/pulumi";
import { isOutput, isPromise, isRecord, kindOf, mistake } from "../mistake";

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

/** Rejects the same for `Secret.get`. */
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
      `Secret.get ${name}: the second argument must be the ID of the secret, not ${kindOf(id)}. ${example}`,
      get,
    );
  }
  if (typeof id !== "string" && !isOutput(id) && !isPromise(id)) {
    throw mistake(
      `Secret.get ${name}: the ID of the secret must be a string, not ${kindOf(id)}. ${example}`,
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
      `Secret.get ${name}: the third argument has ${unknown.map((key) => `\`${key}\``).join(", ")}, but takes only ` +
        "`zoneId`. Put options such as `protect` into the fourth argument.",
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
