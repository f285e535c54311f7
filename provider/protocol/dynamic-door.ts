import type { dynamic } from "@pulumi/pulumi";
import { withSecretData } from "./engine-secret";

type Provider = Required<dynamic.ResourceProvider>;

/**
 * Marks `data` as a secret in all that a provider hands to the engine. The engine itself marks only what was a secret in
 * what it sent, and that is plain if a transformation sets `data`, or if a resource is only read.
 */
export function markingData(provider: Provider): Provider {
  return {
    configure: (request) => provider.configure(request),
    check: async (olds, news) => {
      const { inputs, ...result } = await provider.check(olds, news);
      return { ...result, ...(inputs && { inputs: withSecretData(inputs as object) }) };
    },
    diff: (id, olds, news) => provider.diff(id, olds, news),
    create: async (inputs) => {
      const { id, outs } = await orMarkedError(provider.create(inputs));
      return { id, outs: withSecretData(outs as object) };
    },
    read: async (id, props) => {
      const { inputs, ...result } = await provider.read(id, props);
      return {
        ...result,
        props: withSecretData(result.props as object),
        ...(inputs && { inputs: withSecretData(inputs as object) }),
      };
    },
    update: async (id, olds, news) => {
      const { outs } = await orMarkedError(provider.update(id, olds, news));
      return { outs: withSecretData(outs as object) };
    },
    delete: (id, props) => provider.delete(id, props),
  };
}

/** An error may have the engine record a state as well. */
async function orMarkedError<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { properties } = error as { properties?: object };
    throw properties ? Object.assign(error as Error, { properties: withSecretData(properties) }) : error;
  }
}
