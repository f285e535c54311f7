import * as pulumi from "@pulumi/pulumi";
import { requireDeclaredPlugin } from "./declared-plugin";
import { isOfType } from "./secret-args";

/** The settings of one provider. Unset ones come from the environment, such as `KEYCARD_CLIENT_ID`. */
export interface ProviderArgs {
  /**
   * The address of the Keycard API.
   *
   * @defaultValue the variable `KEYCARD_ENDPOINT`, then `https://api.keycard.ai`
   */
  endpoint?: pulumi.Input<string>;
  /** The ID of the service account. Used with `clientSecret`. */
  clientId?: pulumi.Input<string>;
  /** The secret of the service account. Always a secret in the state. */
  clientSecret?: pulumi.Input<string>;
  /** An access token, instead of `clientId` and `clientSecret`. Always a secret in the state. */
  accessToken?: pulumi.Input<string>;
  /**
   * The zone of secrets and lookups that do not name one.
   *
   * @defaultValue the variable `KEYCARD_ZONE_ID`
   */
  zoneId?: pulumi.Input<string>;
  /**
   * Whether the provider may read the values of secrets. If `false`, a refresh lists secrets and never reads a value.
   *
   * @defaultValue `true`
   */
  readValues?: pulumi.Input<boolean>;
  /**
   * The maximum number of requests at once.
   *
   * @defaultValue `16`
   */
  concurrency?: pulumi.Input<number>;
  /**
   * The maximum number of files and commands that are read at once, for values by reference.
   *
   * @defaultValue `8`
   */
  parallelReads?: pulumi.Input<number>;
  /**
   * The time limit for one attempt of a request, in seconds.
   *
   * @defaultValue `30`
   */
  attemptTimeoutSeconds?: pulumi.Input<number>;
  /**
   * The time limit for a request with all its attempts, in seconds.
   *
   * @defaultValue `180`
   */
  totalTimeoutSeconds?: pulumi.Input<number>;
}

/**
 * An explicit provider. A program can have several, each with its own zone and credentials.
 *
 * @example
 * ```ts
 * import * as pulumi from "@pulumi/pulumi";
 * import { Provider } from "pulumi-keycard/native";
 *
 * const staging = new Provider("staging", {
 *   zoneId: "s4t8a1g6i3n9g5z2x7c0v4b8n1",
 *   clientId: "staging",
 *   clientSecret: new pulumi.Config().requireSecret("stagingClientSecret"),
 * });
 * ```
 */
export class Provider extends pulumi.ProviderResource {
  /**
   * True for a provider of this class, even if another copy of this package created it.
   *
   * @param value - anything
   */
  static override isInstance(value: unknown): value is Provider {
    return isOfType(value, "pulumi:providers:keycard-secrets");
  }

  /**
   * Configures a provider.
   *
   * @param name - the name of the Pulumi resource
   * @param args - its zone, credentials and limits. What is left out comes from the environment
   * @param opts - Pulumi's options
   * @throws if the project does not declare the plugin
   */
  constructor(name: string, args: ProviderArgs = {}, opts: pulumi.ResourceOptions = {}) {
    requireDeclaredPlugin(theClass());
    super("keycard-secrets", name, inputsOf(args), {
      ...opts,
      additionalSecretOutputs: ["clientSecret", "accessToken"],
    } as pulumi.ResourceOptions);
  }
}

/** A class that named itself would get another name from the bundler, which stack traces would show. */
const theClass = () => Provider;

/** The engine accepts the settings of a provider only as strings. */
function inputsOf({ clientSecret, accessToken, ...args }: ProviderArgs): pulumi.Inputs {
  const given = Object.entries<pulumi.Input<unknown>>(args).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(
      given.map(([name, value]) => [name, (pulumi.output(value) as pulumi.Output<unknown>).apply(textOf)]),
    ),
    ...(clientSecret !== undefined && { clientSecret: pulumi.secret(clientSecret) }),
    ...(accessToken !== undefined && { accessToken: pulumi.secret(accessToken) }),
  };
}

function textOf(value: unknown): string | undefined {
  return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
}
