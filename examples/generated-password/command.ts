import * as pulumi from "@pulumi/pulumi";

interface CommandInputs {
  command: string[];
  triggers: unknown[];
}

/** Loads everything inside its functions, because Pulumi stores their text in the state. */
const provider: pulumi.dynamic.ResourceProvider<CommandInputs> = {
  async diff(_id, olds: CommandInputs, news) {
    const { isDeepStrictEqual } = await import("node:util");
    const same = (key: keyof CommandInputs) => isDeepStrictEqual(olds[key], news[key]);
    return { changes: !same("command") || !same("triggers") };
  },
  async create(inputs) {
    return { id: "command", outs: { ...inputs, runs: await runAgain(inputs.command, 0) } };
  },
  async update(_id, olds: CommandInputs & { runs: number }, news) {
    return { outs: { ...news, runs: await runAgain(news.command, olds.runs) } };
  },
};

async function runAgain([file = "", ...args]: string[], runs: number): Promise<number> {
  const { execFileSync } = await import("node:child_process");
  execFileSync(file, args, { stdio: "ignore" });
  return runs + 1;
}

/** Arguments of {@link Command}. */
export interface CommandArgs {
  /** The program and its arguments. No shell is involved. */
  command: pulumi.Input<string[]>;
  /** The command runs again when one of these changes. */
  triggers: pulumi.Input<pulumi.Input<unknown>[]>;
}

/** A command that runs when it is declared, and again when a trigger changes. */
export class Command extends pulumi.dynamic.Resource {
  /** The number of runs. */
  declare public readonly runs: pulumi.Output<number>;

  constructor(name: string, args: CommandArgs, opts?: pulumi.CustomResourceOptions) {
    super(provider, name, { runs: undefined, ...args }, opts);
  }
}
