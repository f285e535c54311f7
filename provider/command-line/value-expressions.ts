import { textLiteral } from "./literal";
import { UniqueNames, variable } from "./names";

/** Where a generated program can look for the values: in Pulumi's configuration, or in the environment. */
export const VALUES = ["config", "env"] as const;

/** Where a generated program looks for the values. */
export type Values = (typeof VALUES)[number];

/** What the command does where it is not told. */
export const DEFAULT_VALUES: Values = "env";

/** Writes the expressions that stand for values, and keeps what has to be done for each. */
export class ValueExpressions {
  /** The commands that give the program its values, in the order of their use. */
  readonly steps: string[] = [];
  private readonly keys = new UniqueNames("_");
  private readonly variables = new UniqueNames("_");
  private usesConfig = false;
  private usesEnv = false;

  constructor(private readonly values: Values) {}

  /** The token or password of a secret. */
  value(resource: string, identifier: string): string {
    if (this.values === "config") return this.configured(identifier);
    this.usesEnv = true;
    const name = this.variables.take(variable(resource));
    this.steps.push(`export ${name}=…`);
    return `fromEnv(${textLiteral(name)})`;
  }

  /** The user name beside a password, which Keycard encrypts as well; a reference cannot stand in its place. */
  username(identifier: string): string {
    return this.configured(`${identifier}Username`);
  }

  /** The lines that the expressions need at the program's head. */
  head(): { imports: string[]; constants: string[] } {
    return {
      imports: [
        ...(this.usesConfig ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
        `import { ${this.usesEnv ? "fromEnv, " : ""}Secret } from "pulumi-keycard";`,
      ],
      constants: this.usesConfig ? ["const config = new pulumi.Config();"] : [],
    };
  }

  private configured(identifier: string): string {
    this.usesConfig = true;
    const key = this.keys.take(identifier);
    this.steps.push(`pulumi config set --secret ${key}`);
    return `config.requireSecret(${textLiteral(key)})`;
  }
}
