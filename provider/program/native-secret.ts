import * as pulumi from "@pulumi/pulumi";
import { ANNOUNCE_IMPORT, type Ahead, HIDDEN_INPUT, hiddenOptions, writeHiddenInput } from "../pulumi-values";
import { valueOf } from "../values/kinds";
import { assertConstructorArguments, checkArguments, readOptions } from "./check-arguments";
import { isMocked } from "./check-configuration";
import { requireDeclaredPlugin } from "./declared-plugin";
import { noteSource } from "./read-ahead";
import { NO_OUTPUTS, type SecretArgs, type SecretLookup, SecretResource, isOfType } from "./secret-args";
import { suspendStackTraces, withCallersStack } from "./stack-traces";

type Data = SecretArgs["data"];

/**
 * Tells the plugin how an imported secret declares its value, before the engine makes the plugin read it. That call has
 * no arguments (CLI 3.274, pulumi/pulumi#11279), so the state would get the value itself instead of a reference.
 *
 * @param opts - with `import`
 * @returns the same data, after the plugin knows it
 */
function announceImport(data: Data, opts: pulumi.CustomResourceOptions): Data {
  const { import: id, parent, provider, version, pluginDownloadURL } = opts;
  if (!id || isMocked()) return data;
  return (pulumi.output(data) as pulumi.Output<unknown>).apply(async (known) => {
    const announced = valueOf(known).forImport();
    const options = { parent, provider, version, pluginDownloadURL } as pulumi.InvokeOptions;
    const args = { id, ...(announced !== undefined && { data: pulumi.secret(announced) }) };
    await pulumi.runtime.invoke(ANNOUNCE_IMPORT, args, options);
    return known;
  }) as Data;
}

const TYPE = "keycard-secrets:index:Secret";

/**
 * A secret in a Keycard zone, managed by the plugin.
 *
 * @example
 * ```ts
 * import { fromEnv, Provider, Secret } from "pulumi-keycard/native";
 *
 * const staging = new Provider("staging", { zoneId: "s4t8a1g6i3n9g5z2x7c0v4b8n1" });
 *
 * new Secret(
 *   "github",
 *   { entityId: "h5d1s8f3g6j0l9p2a7e4u1i5o3", data: { type: "token", token: fromEnv("GITHUB_TOKEN") } },
 *   { provider: staging },
 * );
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
   * @param lookup - its zone, if that is not the one of the provider
   * @param opts - Pulumi's options
   * @throws if an argument has the wrong type. If there is no such secret, the run fails
   *
   * @example
   * ```ts
   * import { Secret } from "pulumi-keycard/native";
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
   * True for a secret of this class, even if another copy of this package created it.
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
   * @param opts - Pulumi's options; with `import`, the id `ZONE/SECRET` of an existing secret to manage from now on
   * @throws if the project does not declare the plugin; if an argument is of the wrong kind
   */
  constructor(name: string, args: SecretArgs, opts: pulumi.CustomResourceOptions = {}) {
    assertConstructorArguments(name, args, opts, theClass());
    requireDeclaredPlugin(theClass());
    const resume = suspendStackTraces(opts);
    try {
      // A program in plain JavaScript may leave it out. The plugin reports that.
      const data = args.data && pulumi.secret(announceImport(args.data, opts));
      const reading = noteSource(name, TYPE, args.data, opts);
      // The plugin marks `data` as a secret itself, so the option `additionalSecretOutputs` would only enlarge the state.
      super(
        TYPE,
        name,
        {
          ...NO_OUTPUTS,
          ...checkArguments(name, args, theClass()),
          ...(data && { data }),
          ...hiddenInputOf(opts, reading?.ahead, typeof args.zoneId === "string"),
        },
        opts,
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

/** What the plugin does not get otherwise. It removes it again, so that it is in no state. */
function hiddenInputOf(
  opts: pulumi.CustomResourceOptions,
  reading: Promise<Ahead | undefined> | undefined,
  hasFixedZone: boolean,
): { [HIDDEN_INPUT]?: unknown } {
  if (opts.id !== undefined || isMocked()) return {};
  const told = { urn: "", preview: pulumi.runtime.isDryRun(), ...hiddenOptions(opts), hasFixedZone };
  if (!reading) return { [HIDDEN_INPUT]: writeHiddenInput(told) };
  return { [HIDDEN_INPUT]: reading.then((ahead) => writeHiddenInput({ ...told, ...(ahead && { ahead }) })) };
}
