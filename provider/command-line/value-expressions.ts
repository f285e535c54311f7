import { textLiteral } from "./literal";
import type { NamedSecret } from "./zone-names";

/** Where a generated program can look for the values: in Pulumi's configuration, or in the environment. */
export const VALUES = ["config", "env"] as const;

/** Where a generated program looks for the values. */
export type Values = (typeof VALUES)[number];

/** What the command does unless it is told otherwise. */
export const DEFAULT_VALUES: Values = "env";

/** Writes the expressions for values, and keeps what has to be done for each. */
export class ValueExpressions {
  /** The commands that give the program its values, in the order of their use. */
  readonly steps: string[] = [];
  private usesConfig = false;
  private usesEnv = false;

  /** @param module - what the program imports from */
  constructor(
    private readonly values: Values,
    private readonly module = "pulumi-keycard",
  ) {}

  /** The token or password of a secret. */
  value({ key, variable }: NamedSecret): string {
    if (this.values === "config") return this.configured(key);
    this.usesEnv = true;
    this.steps.push(`export ${variable}=…`);
    return `fromEnv(${textLiteral(variable)})`;
  }

  /** The user name beside a password, which Keycard encrypts as well; it cannot be given by reference. */
  username({ usernameKey }: NamedSecret): string {
    return this.configured(usernameKey);
  }

  /** The lines that the expressions need at the program's head. */
  head(): { imports: string[]; constants: string[] } {
    return {
      imports: [
        ...(this.usesConfig ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
        `import { ${this.usesEnv ? "fromEnv, " : ""}Secret } from "${this.module}";`,
      ],
      constants: this.usesConfig ? ["const config = new pulumi.Config();"] : [],
    };
  }

  private configured(key: string): string {
    this.usesConfig = true;
    this.steps.push(`pulumi config set --secret ${key}`);
    return `config.requireSecret(${textLiteral(key)})`;
  }
}
