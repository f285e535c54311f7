import * as pulumi from "@pulumi/pulumi";
import type { SecretArgs, SecretLookup } from "../../program/secret";
import { NO_OUTPUTS, SecretResource } from "../../program/secret-resource";
import { suspendStackTraces, withCallersStack } from "../../program/stack-traces";
import { announceImport } from "./announce-import";
import { requireDeclaredPlugin } from "./declared-plugin";

const TYPE = "keycard-secrets:index:Secret";

/**
 * A secret in a Keycard zone, managed by the plugin.
 *
 * @example
 * ```ts
 * import { fromEnv, Provider, Secret } from "pulumi-keycard/native";
 *
 * const staging = new Provider("staging", { zoneId: "zone_staging" });
 *
 * new Secret(
 *   "github",
 *   { entityId: "ent_1", data: { type: "token", token: fromEnv("GITHUB_TOKEN") } },
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
   * @throws nothing itself. If there is no such secret, the run fails
   *
   * @example
   * ```ts
   * import { Secret } from "pulumi-keycard/native";
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
    return new Secret(name, lookup as SecretArgs, { ...opts, id });
  }

  /** True for a secret of this class, even if another copy of this package created it. */
  static override isInstance(value: unknown): value is Secret {
    return (value as { __pulumiType?: unknown } | undefined)?.__pulumiType === TYPE;
  }

  /**
   * Declares a secret.
   *
   * @param name - the name of the Pulumi resource
   * @param opts - with `import`, the id `ZONE/SECRET` of an existing secret to manage from now on
   * @throws if the project does not declare the plugin
   */
  constructor(name: string, args: SecretArgs, opts: pulumi.CustomResourceOptions = {}) {
    requireDeclaredPlugin();
    const resume = suspendStackTraces(opts);
    try {
      // A program in plain JavaScript may leave it out. The plugin reports that.
      const data = args.data && pulumi.secret(announceImport(args.data, opts));
      super(
        TYPE,
        name,
        { ...NO_OUTPUTS, ...args, ...(data !== undefined && { data }) },
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
