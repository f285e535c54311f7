import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { defaultZoneId } from "../config/settings";
import { mistake } from "../mistake";
import { name } from "../own-package";
import { type Ahead, HIDDEN_INPUT, hiddenOptions, loaderInput, writeHiddenInput } from "../pulumi-values";
import { assertConstructorArguments, checkArguments, readOptions } from "./check-arguments";
import { judgeConfiguration, programConfig } from "./check-configuration";
import { noteSource } from "./read-ahead";
import { NO_OUTPUTS, type SecretArgs, type SecretLookup, SecretResource, isOfType } from "./secret-args";
import { runsUserCode, suspendStackTraces, withCallersStack } from "./stack-traces";

/** The program's folder, read before the program can change it. The provider's process has the same one. */
const FOLDER = process.cwd();

/** The script that runs a program. An inline program of the Automation API may run in another folder than its provider. */
const RUNNER = /@pulumi[\\/]pulumi[\\/]cmd[\\/]run/;

let isFound = false;

/**
 * Checks once that the engine can load the provider. It loads it from the program's folder, so a program that has this
 * package only through another one can import it, but the engine cannot.
 *
 * @throws an error that Pulumi shows without a stack, with the dependency to add and the file to add it to
 */
export function assertProviderFound(folder = FOLDER, runner = process.argv[1] ?? ""): void {
  if (isFound || !RUNNER.test(runner)) return;
  try {
    createRequire(join(folder, "_")).resolve(`${name}/provider`);
    isFound = true;
  } catch {
    throw new pulumi.RunError(
      `Pulumi loads ${name} from the program's folder, ${folder}, and cannot find it there, because only another package ` +
        `depends on it. Copy that package's dependency "${name}" to ${manifestAbove(folder)} and install again.`,
    );
  }
}

function manifestAbove(folder: string): string {
  const manifest = join(folder, "package.json");
  const above = dirname(folder);
  return existsSync(manifest) || above === folder ? manifest : manifestAbove(above);
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
 *   zoneId: "q7m2x9c4v1b8n5k3z6w0t4r8y2",
 *   entityId: "h5d1s8f3g6j0l9p2a7e4u1i5o3",
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
   * @param lookup - its zone, if that is not the one of the configuration
   * @param opts - Pulumi's options
   * @throws if an argument has the wrong type. If there is no such secret, the run fails
   *
   * @example
   * ```ts
   * import { Secret } from "pulumi-keycard";
   *
   * const shared = Secret.get("shared", "f2g8h4j1k7l3p9o5i0u6y2t8r4", { zoneId: "q7m2x9c4v1b8n5k3z6w0t4r8y2" });
   * ```
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    lookup: SecretLookup = {},
    opts: pulumi.CustomResourceOptions = {},
  ): Secret {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- not called: the stack of an error begins below it
    return new (theClass())(name, lookup as SecretArgs, readOptions(name, id, lookup, opts, theClass().get));
  }

  /**
   * True for a secret of this class, even if another copy of this package created it. Policies find its type with it.
   *
   * @param value - anything
   */
  static override isInstance(value: unknown): value is Secret {
    return isOfType(value, TYPE);
  }

  /**
   * Declares a secret.
   *
   * @param name - the name of the Pulumi resource
   * @param args - its zone, entity, name, value and more; `entityId` and `data` are required
   * @param opts - Pulumi's options, without `import` and `provider`
   * @throws if `opts.import` is set, which a dynamic resource does not support; if an argument has the wrong type; if the
   * stack's configuration is wrong
   */
  constructor(name: string, args: SecretArgs, opts: pulumi.CustomResourceOptions = {}) {
    assertConstructorArguments(name, args, opts, theClass());
    assertProviderFound();
    judgeConfiguration();
    if (opts.import !== undefined) {
      // The SDK (3.276) fails with an unrelated message (pulumi/pulumi#3550).
      throw mistake(
        `Secret ${name}: a dynamic resource cannot be imported. To adopt the existing secret, ` +
          "remove the option `import` and set the argument `adoptId` to its ID.",
        theClass(),
      );
    }
    const zoneId = args.zoneId ?? defaultZoneId(programConfig, process.env);
    const resume = suspendStackTraces(opts);
    try {
      // A program in plain JavaScript may leave it out. `check` reports that.
      const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
      const checked = checkArguments(name, { name, ...given }, theClass());
      const data = args.data && pulumi.secret(args.data);
      const declared = opts.id === undefined ? { ...checked, ...(data && { data }) } : {};
      const reading = noteSource(name, TYPE, args.data, opts);
      const hidden = opts.id === undefined && {
        [HIDDEN_INPUT]: hiddenInputOf(name, opts, reading?.ahead, typeof args.zoneId === "string"),
      };
      super(
        TYPE,
        name,
        { ...NO_OUTPUTS, ...declared, ...hidden, zoneId, ...loaderInput(LOADER) },
        { ...opts, additionalSecretOutputs: [...(opts.additionalSecretOutputs ?? []), "data"] },
      );
      reading?.constructed(this);
    } catch (error) {
      resume();
      throw withCallersStack(error, theClass());
    } finally {
      resume();
    }
  }
}

/** A class that named itself would get another name from the bundler, which stack traces would show. */
const theClass = () => Secret;

function hiddenInputOf(
  name: string,
  opts: pulumi.CustomResourceOptions,
  reading: Promise<Ahead | undefined> | undefined,
  hasFixedZone: boolean,
): pulumi.Input<unknown> {
  const { parent } = opts;
  const written = (urn: string, ahead?: Ahead) =>
    writeHiddenInput({
      urn,
      preview: pulumi.runtime.isDryRun(),
      ...hiddenOptions(opts),
      hasFixedZone,
      ...(mayBeTransformed(opts) && { isTransformed: true }),
      ...(ahead && { ahead }),
    });
  // The same URN as that of `createUrn`, without an output.
  const topUrn = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${TYPE}::${name}`;
  if (!parent && !reading) return written(topUrn);
  // A promise, because an output would make the resource depend on its parent, which the SDK (3.248 and 3.276) extends
  // to all children of a component: they would wait for each other (pulumi/pulumi#12515). The types lack this method.
  const urnBelow = () =>
    (pulumi.createUrn(name, TYPE, parent) as unknown as { promise(): Promise<string> }).promise();
  return Promise.all([parent ? urnBelow() : topUrn, reading]).then(([urn, ahead]) => written(urn, ahead));
}

/**
 * True if a transformation or a transform may handle the arguments. The SDK (3.248 and 3.276) has one server for all functions
 * that the engine calls, and starts it with the first of them. The types do not have it.
 */
function mayBeTransformed(opts: pulumi.CustomResourceOptions): boolean {
  const { callbacks } = (state as unknown as { getStore(): { callbacks?: unknown } }).getStore();
  return runsUserCode(opts) || opts.transforms !== undefined || callbacks !== undefined;
}
