import type { dynamic } from "@pulumi/pulumi";
import { withSecretData } from "../pulumi-values";

type Provider = Required<dynamic.ResourceProvider<object, object>>;

/**
 * Marks `data` as a secret in everything that a provider returns to the engine. The engine marks only what was a secret in
 * its own request, which is in plain text if a transformation sets `data`, or if a resource is only read.
 */
export function markingData(unmarked: Required<dynamic.ResourceProvider>): Provider {
  const provider: Provider = unmarked;
  return {
    configure: (request) => provider.configure(request),
    check: async (olds, news) => markedInputs(await provider.check(olds, news)),
    diff: (id, olds, news) => provider.diff(id, olds, news),
    create: async (inputs) => markedOuts(await orMarkedError(provider.create(inputs))),
    read: async (id, props) => {
      const result = markedInputs(await provider.read(id, props));
      return { ...result, ...(result.props && { props: withSecretData(result.props) }) };
    },
    update: async (id, olds, news) => markedOuts(await orMarkedError(provider.update(id, olds, news))),
    delete: (id, props) => provider.delete(id, props),
  };
}

function markedInputs<T extends { inputs?: object }>(result: T): T {
  return result.inputs ? { ...result, inputs: withSecretData(result.inputs) } : result;
}

function markedOuts<T extends { outs?: object }>(result: T): T {
  return result.outs ? { ...result, outs: withSecretData(result.outs) } : result;
}

/** An error may contain a state to record, too. */
async function orMarkedError<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { properties } = error as { properties?: object };
    throw properties ? Object.assign(error as Error, { properties: withSecretData(properties) }) : error;
  }
}
