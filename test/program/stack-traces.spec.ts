import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Secret, type SecretArgs } from "../../provider";
import { Secret as NativeSecret } from "../../provider/native";

const args: SecretArgs = { zoneId: "zone_1", entityId: "ent_1", data: { type: "token", token: "t" } };

/** Registers what `Secret` registers, with a class that does not limit stack traces. */
class Plain extends pulumi.CustomResource {
  constructor(name: string) {
    super("test:index:Plain", name, { ...args, data: pulumi.secret(args.data), a: undefined, b: undefined });
  }
}

describe("the stack traces of the SDK", () => {
  before(() =>
    pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) }),
  );

  let limit: number;
  beforeEach(() => (limit = Error.stackTraceLimit));
  afterEach(() => {
    Error.stackTraceLimit = limit;
    delete process.env["PULUMI_DEBUG_PROMISE_LEAKS"];
  });

  const declare = (name: string, opts?: pulumi.CustomResourceOptions) => new Secret(name, args, opts);

  it("a secret formats one stack trace, even if the SDK formats many for other resources", () => {
    const [ours, theirs] = [tracesOf(() => declare("ours")), tracesOf(() => new Plain("plain"))];
    // One trace is left. It tells the engine where the program declares a resource.
    assert.ok(ours <= 1, `${ours} traces for a secret`);
    // If a later SDK formats no traces itself, this comparison is not needed.
    if (theirs > 1)
      assert.ok(ours < theirs / 10, `${ours} traces for a secret, ${theirs} for another resource`);
  });

  it("a secret of the plugin formats one stack trace, too", () => {
    const traces = tracesOf(() => new NativeSecret("native", args));
    assert.ok(traces <= 1, `${traces} traces for a secret`);
    assert.equal(Error.stackTraceLimit, limit);
    assert.match(
      stackOf(() => new NativeSecret("", args)),
      /^\w*Error: .*\n +at .*stack-traces\.spec/,
    );
  });

  it("a mistake in an argument begins at the line of the program, whatever the SDK calls on the way", () => {
    const wrong = { ...args, metadata: { since: new Date(0) } } as unknown as SecretArgs;
    const transformations = [() => undefined];
    for (const declared of [Secret, NativeSecret]) {
      for (const opts of [{}, { transformations }]) {
        assert.match(
          stackOf(() => new declared("", wrong, opts)),
          /^\w*Error: .*\n +at .*stack-traces\.spec/,
        );
        assert.match(
          stackOf(() => new declared("a", wrong, opts)),
          /^\w*Error: Secret a: `metadata\.since` is a Date.*\n +at .*stack-traces\.spec/,
        );
      }
    }
  });

  it("all stack traces are formatted if PULUMI_DEBUG_PROMISE_LEAKS is set", () => {
    process.env["PULUMI_DEBUG_PROMISE_LEAKS"] = "true";
    assert.ok(tracesOf(() => declare("leaks")) >= tracesOf(() => new Plain("leaks")));
  });

  for (const own of [3, Infinity, 0]) {
    it(`a limit of ${own} that the program has set is kept`, () => {
      Error.stackTraceLimit = own;
      declare(`limit-${own}`);
      assert.equal(Error.stackTraceLimit, own);
    });
  }

  it("stack traces are complete again for code that runs later", async () => {
    const secret = declare("later");
    const stack = await new Promise<string>((resolve) =>
      secret.urn.apply(() => resolve(new Error("later").stack ?? "")),
    );
    assert.match(stack, /stack-traces\.spec/);
  });

  it("an error of our constructor names the line of the program", () => {
    assert.match(
      stackOf(() => declare("imported", { import: "sec_1" })),
      /^Error: .*\n( +at .*\n)* +at .*stack-traces\.spec/,
    );
    assert.equal(Error.stackTraceLimit, limit);
  });

  it("an error of the SDK's constructor names the line of the program", () => {
    const stack = stackOf(() => declare("a", { providers: [] } as object));
    assert.match(stack, /^\w*Error: Do not supply 'providers' option.*\n +at .*stack-traces\.spec/);
    assert.doesNotMatch(stack, /provider.program/);
    assert.equal(Error.stackTraceLimit, limit);
  });

  it("an error in a subclass names its line", () => {
    class Ours extends Secret {
      constructor() {
        super("a", args, { providers: [] } as object);
      }
    }
    assert.match(
      stackOf(() => new Ours()),
      /^\w*Error: Do not supply.*\n +at new Ours .*stack-traces\.spec/,
    );
  });

  it("stack traces are complete in a transformation", () => {
    const stacks: string[] = [];
    const transformation = () => {
      stacks.push(new Error("seen").stack ?? "");
      return undefined;
    };
    declare("own", { transformations: [transformation] });
    const parent = new pulumi.ComponentResource(
      "test:index:Parent",
      "parent",
      {},
      { transformations: [transformation] },
    );
    declare("inherited", { parent });
    assert.equal(stacks.length, 3);
    for (const stack of stacks) assert.match(stack, /transformation .*stack-traces\.spec/);
  });

  it("the SDK reports the same place in the program to the engine", () => {
    const places: unknown[] = [];
    const resource = pulumi.Resource as unknown as { stackTrace(skip: number): { uri: string }[] };
    const original = resource.stackTrace.bind(resource);
    resource.stackTrace = (skip) => {
      // This function adds a frame too.
      const trace = original(skip + 1);
      places.push(trace[0]);
      return trace;
    };
    try {
      declare("placed");
    } finally {
      resource.stackTrace = original;
    }
    assert.match(JSON.stringify(places), /stack-traces\.spec\.ts/);
  });
});

/** The number of stack traces with frames that are formatted during a function. */
function tracesOf(run: () => void): number {
  // Only this hook is called for every formatted trace. The test runner's own hook is restored afterwards.
  const saved = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  let count = 0;
  Error.prepareStackTrace = (error, frames) => {
    if (frames.length > 0) count++;
    return `${String(error)}\n    at test (test.js:1:1)`;
  };
  try {
    run();
  } finally {
    if (saved) Object.defineProperty(Error, "prepareStackTrace", saved);
    else Reflect.deleteProperty(Error, "prepareStackTrace");
  }
  return count;
}

function stackOf(run: () => void): string {
  try {
    run();
  } catch (error) {
    return (error as Error).stack ?? "";
  }
  throw new Error("Nothing was thrown");
}
