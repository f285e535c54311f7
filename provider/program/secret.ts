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

/** The value of a secret that is one opaque string, such as an API key. */
export interface TokenArgs {
  /** Says that the value is one string. */
  type: "token";
  /**
   * The string itself, or where to find it, or how to generate it, or the first value that it has. A string alone enters the
   * state.
   */
  token: pulumi.Input<string | ValueSource | GeneratedValue | InitialValue>;
}

/** The value of a secret that is an account: a user's name with its password. */
export interface PasswordArgs {
  /** Says that the value is an account. */
  type: "password";
  /** The account's name, which Keycard keeps encrypted with the password. */
  username: pulumi.Input<string>;
  /**
   * The password itself, or where to find it, or how to generate it, or the first value that it has. A string alone enters the
   * state.
   */
  password: pulumi.Input<string | ValueSource | GeneratedValue | InitialValue>;
}

/** A JSON value any part of which may be an output. */
export type JsonInput = pulumi.Input<
  string | number | boolean | null | JsonInput[] | { [key: string]: JsonInput }
>;

/**
 * What a user declares of a secret.
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
  /** The entity that the secret belongs to, as a rule the id of a Keycard Resource. A change replaces the secret. */
  entityId: pulumi.Input<string>;
  /**
   * What people call it. A change is patched.
   *
   * @defaultValue the name of the Pulumi resource
   */
  name?: pulumi.Input<string>;
  /** What it is for, in 128 characters at most. Not encrypted by Keycard. A change is patched. */
  description?: pulumi.Input<string>;
  /** Any JSON object. Not encrypted by Keycard. A change is patched. */
  metadata?: pulumi.Input<Record<string, JsonInput>>;
  /** The value. Encrypted by Keycard, and a secret in the state. A change is patched, always whole. */
  data: pulumi.Input<TokenArgs | PasswordArgs | DeclaredData>;
  /**
   * After how many days a value counts as too old: from then on, previews and `pulumi up` warn. The age is that of the last
   * known change of the value, and the state alone tells it. A change of this argument sends nothing.
   */
  maxAgeDays?: pulumi.Input<number>;
  /** The id of an existing secret to take over where otherwise a new one is made; afterwards it says nothing. */
  adoptId?: pulumi.Input<string>;
}

/** How to find an existing secret. */
export interface SecretLookup {
  /**
   * The zone that keeps the secret.
   *
   * @defaultValue the configuration's `keycard-secrets:zoneId`, then the variable `KEYCARD_ZONE_ID`
   */
  zoneId?: pulumi.Input<string>;
}

/**
 * Stands in the state of every secret, and older states are read with the text that they hold: it never changes. It
 * loads by the package's name from the program's folder; the odd file name is what Node.js shows where that fails.
 */
const LOADER =
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/npm install')('pulumi-keycard/provider').provider";

const TYPE = "pulumi-nodejs:dynamic/keycard:Secret";

/**
 * A secret of a Keycard zone.
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
   * Reads an existing secret, which stays unmanaged.
   *
   * @param name - the name of the Pulumi resource
   * @param id - the id that Keycard gave the secret
   * @throws if the arguments are of the wrong kind; the run fails if there is no such secret
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
    // eslint-disable-next-line @typescript-eslint/unbound-method -- named, not called: the stack of an error begins below it
    return new Secret(name, lookup as SecretArgs, readOptions(name, id, lookup, opts, Secret.get));
  }

  /**
   * Declares a secret.
   *
   * @param name - the name of the Pulumi resource
   * @throws if `opts.import` is set, which cannot work for a dynamic resource; if an argument is of the wrong kind; if the
   * stack's configuration is wrong
   */
  constructor(name: string, args: SecretArgs, opts: pulumi.CustomResourceOptions = {}) {
    assertConstructorArguments(name, args, opts, Secret);
    assertProviderFound();
    judgeConfiguration();
    if (opts.import !== undefined) {
      throw mistake(
        `Secret ${name}: a dynamic resource cannot be imported. To adopt the existing secret, ` +
          "remove the option `import` and set the argument `adoptId` to its id.",
        Secret,
      );
    }
    const zoneId = args.zoneId ?? defaultZoneId(programConfig, process.env);
    const resume = suspendStackTraces(opts);
    try {
      // A program in plain JavaScript may leave it out, which `check` then says.
      const checked = checkArguments(name, { name, ...withoutUndefined(args) });
      const data = args.data && pulumi.secret(args.data);
      const declared = opts.id === undefined ? { ...checked, ...(data && { data }) } : {};
      // What `check` is not told otherwise; it takes this out again, so that no state has it.
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
  if (parent) return pulumi.createUrn(name, TYPE, parent).apply((urn) => writeRegistration({ ...told, urn }));
  // The same as `createUrn` makes, without an output.
  const urn = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${TYPE}::${name}`;
  return writeRegistration({ ...told, urn });
}

function withoutUndefined(args: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}
