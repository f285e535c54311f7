import { textLiteral } from "./literal";
import type { NamedSecret } from "./zone-names";

/** The sources that a generated program can take values from: Pulumi's configuration, or the environment. */
export const VALUES = ["config", "env"] as const;

/** The source that a generated program takes the values from. */
export type Values = (typeof VALUES)[number];

/** The default of the option `--values`. */
export const DEFAULT_VALUES: Values = "env";

/** Writes the expressions for values, and collects the commands that set them. */
export class ValueExpressions {
  /** The commands that set the values, in the order of their use. */
  readonly steps: string[] = [];
  private usesConfig = false;
  private usesEnv = false;

  /** @param module - the module that the program imports */
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

  /** The user name of a password, which Keycard encrypts as well. It cannot be given by reference. */
  username({ usernameKey }: NamedSecret): string {
    return this.configured(usernameKey);
  }

  /** The lines that the expressions need at the top of the program. */
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
