import * as pulumi from "@pulumi/pulumi";
import { defaultZoneId } from "../config";
import { assertConstructorArguments } from "./argument-mistakes";
import { assertProviderFound } from "./find-provider";
import { judgeConfiguration } from "./judge-configuration";
import { checkArguments } from "./check-arguments";
import { programConfig } from "./program-config";
import { mistake } from "../protocol/mistake";
import { writeRegistration } from "../protocol/registration";
import { readOptions } from "./read-options";
import { NO_OUTPUTS, SecretResource } from "./secret-resource";
import type { DeclaredData } from "../values/secret-data";
import { suspendStackTraces, withCallersStack } from "./stack-traces";
import type { GeneratedValue } from "../values/generated-value";
import type { InitialValue } from "../values/initial-value";
import { untoldOptions } from "./untold-options";
import type { ValueSource } from "../values/value-source";

/** The value of a secret that is a single string, such as an API key. */
export interface TokenArgs {
  /** The type for a single string. */
  type: "token";
  /**
   * The token itself, its source, how to generate it, or its first value. Only a plain string enters the state.
   */
  token: pulumi.Input<string | ValueSource | GeneratedValue | InitialValue>;
}

/** The value of a secret that is an account: a user name and its password. */
export interface PasswordArgs {
  /** The type for an account. */
  type: "password";
  /** The user name, which Keycard encrypts together with the password. */
  username: pulumi.Input<string>;
  /**
   * The password itself, its source, how to generate it, or its first value. Only a plain string enters the state.
   */
  password: pulumi.Input<string | ValueSource | GeneratedValue | InitialValue>;
}

/** A JSON value whose parts may be outputs. */
export type JsonInput = pulumi.Input<
  string | number | boolean | null | JsonInput[] | { [key: string]: JsonInput }
>;

/**
 * The arguments of a secret.
 *
 * @see https://docs.keycard.ai/api
 */
export interface SecretArgs {
  /**
   * The zone that keeps the secret. A change replaces the secret.
   *
   * @defaultValue the configuration's `keycard-secrets:zoneId`, then the variable `KEYCARD_ZONE_ID`
   */
  zoneId?: pulumi.Input<string>;
  /** The entity that the secret belongs to, usually the id of a Keycard Resource. A change replaces the secret. */
  entityId: pulumi.Input<string>;
  /**
   * The name of the secret. A change updates the secret in place.
   *
   * @defaultValue the name of the Pulumi resource
   */
  name?: pulumi.Input<string>;
  /** A description of at most 128 characters. Keycard does not encrypt it. A change updates the secret in place. */
  description?: pulumi.Input<string>;
  /** Any JSON object. Keycard does not encrypt it. A change updates the secret in place. */
  metadata?: pulumi.Input<Record<string, JsonInput>>;
  /** The value. Keycard encrypts it, and Pulumi stores it as a secret. A change updates the secret in place, with all fields of `data`. */
  data: pulumi.Input<TokenArgs | PasswordArgs | DeclaredData>;
  /**
   * The maximum age of the value in days. If the value is older, previews and `pulumi up` warn. The age is counted from the
   * last known change of the value, and is taken from the state. A change of this argument sends nothing.
   */
  maxAgeDays?: pulumi.Input<number>;
  /** Adopts the existing secret with this id instead of creating one. Ignored after that. */
  adoptId?: pulumi.Input<string>;
}

/** Where to find an existing secret. */
export interface SecretLookup {
  /**
   * The zone that keeps the secret.
   *
   * @defaultValue the configuration's `keycard-secrets:zoneId`, then the variable `KEYCARD_ZONE_ID`
   */
  zoneId?: pulumi.Input<string>;
}

/**
 * The text that the state of every secret contains. Older states are read with the text in them, so it never changes. It
 * loads the package by its name from the program's folder. Node.js shows the odd file name if that fails.
 */
const LOADER =
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/npm install')('pulumi-keycard/provider').provider";

const TYPE = "pulumi-nodejs:dynamic/keycard:Secret";

/**
 * A secret in a Keycard zone.
 *
 * @example
 * ```ts
 * import * as pulumi from "@pulumi/pulumi";
 * import { Secret } from "pulumi-keycard";
 *
 * const github = new Secret("github", {
 *   zoneId: "zone_1",
 *   entityId: "ent_1",
 *   description: "Used by the release agent",
 *   data: { type: "token", token: new pulumi.Config().requireSecret("githubToken") },
 * });
 *
 * export const version = github.version;
 * ```
 *
 * @see https://docs.keycard.ai/api
 */
export class Secret extends SecretResource {
  /**
   * Reads an existing secret without managing it.
   *
   * @param name - the name of the Pulumi resource
   * @param id - the id that Keycard gave the secret
   * @throws if an argument has the wrong type. If there is no such secret, the run fails
   *
   * @example
   * ```ts
   * import { Secret } from "pulumi-keycard";
   *
   * const shared = Secret.get("shared", "sec_123", { zoneId: "zone_1" });
   * ```
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    lookup: SecretLookup = {},
    opts: pulumi.CustomResourceOptions = {},
  ): Secret {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- not called: the stack of an error begins below it
    return new Secret(name, lookup as SecretArgs, readOptions(name, id, lookup, opts, Secret.get));
  }

  /**
   * Declares a secret.
   *
   * @param name - the name of the Pulumi resource
   * @throws if `opts.import` is set, which a dynamic resource does not support; if an argument has the wrong type; if the
   * stack's configuration is wrong
   */
  constructor(name: string, args: SecretArgs, opts: pulumi.CustomResourceOptions = {}) {
    assertConstructorArguments(name, args, opts, Secret);
    assertProviderFound();
    judgeConfiguration();
    if (opts.import !== undefined) {
      throw mistake(
        `Secret ${name}: a dynamic resource cannot be imported. To adopt the existing secret, ` +
          "remove the option `import` and set the argument `adoptId` to its ID.",
        Secret,
      );
    }
    const zoneId = args.zoneId ?? defaultZoneId(programConfig, process.env);
    const resume = suspendStackTraces(opts);
    try {
      // A program in plain JavaScript may leave it out. `check` reports that.
      const checked = checkArguments(name, { name, ...withoutUndefined(args) });
      const data = args.data && pulumi.secret(args.data);
      const declared = opts.id === undefined ? { ...checked, ...(data && { data }) } : {};
      // For `check`, which removes it from the inputs, so that it is in no state.
      const registration = opts.id === undefined && {
        __registration: registrationOf(name, opts),
      };
      super(
        TYPE,
        name,
        { ...NO_OUTPUTS, ...declared, ...registration, zoneId, __provider: LOADER },
        { ...opts, additionalSecretOutputs: [...(opts.additionalSecretOutputs ?? []), "data"] },
      );
    } catch (error) {
      resume();
      throw withCallersStack(error, Secret);
    } finally {
      resume();
    }
  }
}

function registrationOf(name: string, opts: pulumi.CustomResourceOptions): pulumi.Input<string> {
  const { parent } = opts;
  const told = { preview: pulumi.runtime.isDryRun(), ...untoldOptions(opts) };
  if (parent) {
    // A promise, because an output would make the resource depend on its parent. The SDK (3.248 and 3.276) extends that to
    // all children of a component, so two of them would wait for each other. The types do not have this method.
    const output = pulumi.createUrn(name, TYPE, parent) as unknown as { promise(): Promise<string> };
    return output.promise().then((urn) => writeRegistration({ ...told, urn }));
  }
  // The same URN as that of `createUrn`, without an output.
  const urn = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${TYPE}::${name}`;
  return writeRegistration({ ...told, urn });
}

function withoutUndefined(args: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}
