import type { dynamic } from "@pulumi/pulumi";
import { DynamicProvider } from "../../provider/engine/dynamic";
import { SIGNATURE_KEY } from "../../provider/pulumi-values";
import { SecretProvider as Core } from "../../provider/secret/provider";

type Calls = Required<dynamic.ResourceProvider>;

/** The provider of dynamic resources, whose results the engine has unwrapped: without the marks of secrets. */
export class SecretProvider implements Calls {
  private readonly provider: Calls;
  readonly core: Core;
  readonly lookUp: Core["lookUp"];

  constructor(show?: (line: string) => void, pausesMs?: readonly number[]) {
    this.core = new Core(show, pausesMs);
    this.provider = new DynamicProvider(this.core);
    this.lookUp = this.core.lookUp.bind(this.core);
  }

  configure = (request: dynamic.ConfigureRequest) => this.provider.configure(request);
  check = (olds: object, news: object): Promise<dynamic.CheckResult> =>
    unmarked(this.provider.check(olds, news));
  diff = (id: string, olds: object, news: object) => this.provider.diff(id, olds, news);
  create = (inputs: object) => unmarked(this.provider.create(inputs));
  read = (id: string, props: object) => unmarked(this.provider.read(id, props));
  update = (id: string, olds: object, news: object) => unmarked(this.provider.update(id, olds, news));
  delete = (id: string, props: object) => this.provider.delete(id, props);
}

async function unmarked<T>(call: Promise<T>): Promise<T> {
  try {
    return withoutMarks(await call) as T;
  } catch (error) {
    const { properties } = error as { properties?: object };
    throw properties ? Object.assign(error as Error, { properties: withoutMarks(properties) }) : error;
  }
}

function withoutMarks(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (SIGNATURE_KEY in value) return withoutMarks((value as unknown as { value: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, withoutMarks(child)]));
}
