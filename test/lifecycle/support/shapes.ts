import * as pulumi from "@pulumi/pulumi";
import * as dynamic from "pulumi-keycard";
import type { SecretArgs } from "pulumi-keycard";
import * as native from "pulumi-keycard/native";
import type { ResourceKind } from "../../support/resource-kinds";

/** A secret of a story. It is plain data, so that programs in every language can declare it. */
export interface Told {
  name: string;
  args: SecretArgs;
  /** Its name in earlier runs. */
  formerly?: string;
}

/** What a program of a story declares. */
export interface Story {
  secrets: Told[];
  /** Whether the program looks up the first secret, by each function. */
  looksUp?: boolean;
}

type Options = pulumi.CustomResourceOptions;
type Make = (secret: Told, opts?: Options) => pulumi.CustomResource;

/** The calls of hooks since the last run of a program began. */
export const hooked: string[] = [];

/** The shapes in which people write programs, by name. Each declares all secrets. */
const SHAPES = {
  flat: (make: Make, secrets: Told[]) => secrets.forEach((secret) => make(secret)),

  "one component": (make: Make, secrets: Told[]) => {
    const parent = component("team");
    for (const secret of secrets) make(secret, { parent });
  },

  "nested components": (make: Make, [first, ...others]: Told[]) => {
    const parent = component("outer");
    if (first) make(first, { parent });
    const inner = component("inner", { parent });
    for (const secret of others) make(secret, { parent: inner });
  },

  "waiting components": (make: Make, [first, ...others]: Told[]) => {
    const before = component("before");
    if (first) make(first, { parent: before });
    const parent = component("after", { dependsOn: before });
    for (const secret of others) make(secret, { parent, dependsOn: before });
  },

  "a secret below a secret": (make: Make, [first, ...others]: Told[]) => {
    if (!first) return;
    const parent = make(first);
    for (const secret of others) make(secret, { parent });
  },

  "an explicit provider": (make: Make, secrets: Told[]) => {
    const provider = new native.Provider("mine", { zoneId: "zone_1", concurrency: 4 });
    const parent = component("team", { providers: [provider] });
    secrets.forEach((secret, index) => make(secret, index % 2 === 0 ? { parent } : { provider }));
  },

  "transforms and hooks": (make: Make, secrets: Told[]) => {
    const hook = new pulumi.ResourceHook("seen", ({ name }) => void hooked.push(name));
    const transformations: pulumi.ResourceTransformation[] = [
      ({ type, props, opts }) =>
        type.endsWith(":Secret")
          ? { props: { ...props, description: "Set by a transformation" }, opts }
          : undefined,
    ];
    const transforms: pulumi.ResourceTransform[] = [
      ({ type, props, opts }) =>
        type.endsWith(":Secret")
          ? { props: { ...props, metadata: { ...(props["metadata"] as object), owner: "transform" } }, opts }
          : undefined,
    ];
    const parent = component("team", { transformations, transforms });
    const hooks = { beforeCreate: [hook], afterUpdate: [hook] };
    for (const secret of secrets) make(secret, { parent, hooks });
  },
};

/** The name of a shape. */
export type Shape = keyof typeof SHAPES;

/** What the transforms add to each secret. */
export const TRANSFORMED = { description: "Set by a transformation", metadata: { owner: "transform" } };

/** Declares a story's secrets. Call it in a program. @returns the outputs */
export function declareStory(
  shape: Shape,
  resource: ResourceKind,
  { secrets, looksUp }: Story,
): Record<string, unknown> {
  hooked.length = 0;
  const { getSecretOutput, getSecretValueOutput, listSecretsOutput, Secret } =
    resource === "native" ? native : dynamic;
  const made: pulumi.CustomResource[] = [];
  SHAPES[shape](({ name, args, formerly }, opts = {}) => {
    const aliases = formerly === undefined ? {} : { aliases: [{ name: formerly }] };
    const secret = new Secret(name, args, { ...opts, ...aliases });
    made.push(secret);
    return secret;
  }, secrets);
  const [first] = made;
  if (!looksUp || !first) return {};
  const zoneId = "zone_1";
  return {
    byId: getSecretOutput({ zoneId, id: first.id }).name,
    value: getSecretValueOutput({ zoneId, id: first.id }).data,
    listed: listSecretsOutput({ zoneId, entityId: "ent_1" }, { dependsOn: made }).secrets.apply((all) =>
      JSON.stringify(all),
    ),
    read: Secret.get("read", first.id, { zoneId }).name,
  };
}

function component(name: string, opts?: pulumi.ComponentResourceOptions): pulumi.ComponentResource {
  return new pulumi.ComponentResource("acme:index:Team", name, {}, opts);
}
