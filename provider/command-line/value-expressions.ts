import { textLiteral } from "./literal";
import type { NamedSecret } from "./zone-names";

/**
 * How an adopted program can declare the values: in Pulumi's configuration, in the environment, generated, or as given once
 * and then left to Keycard.
 */
export const VALUES = ["config", "env", "generated", "initial"] as const;

/** How an adopted program declares the values. */
export type Values = (typeof VALUES)[number];

/** The default of the option `--values`. */
export const DEFAULT_VALUES: Values = "env";

/** The length of a value that replaces an adopted one, whose length is not known. */
const GENERATED_LENGTH = 32;

const COMPARED =
  "The first `pulumi up` changes nothing if you give it what Keycard has, and sends anything else:";

/** The lines at the top of the program: about the values, and about what the program asks for. */
const NOTES: Record<Values, { values: string[]; asked: string }> = {
  config: { values: [], asked: COMPARED },
  env: { values: [], asked: COMPARED },
  generated: {
    values: [
      "The first `pulumi up` changes no value. A secret gets a generated one once you add or change an option of `generated`,",
      "such as `rotation`.",
    ],
    asked:
      "It needs the user names that Keycard has. If one differs, the secret gets it and a generated password:",
  },
  initial: {
    values: [
      "No `pulumi up` changes the value of a secret: whoever edits it in Keycard decides. Only a secret that has to be created",
      "again takes its value from the environment.",
    ],
    asked: "It needs the user names too, which only a new secret gets:",
  },
};

/** Writes the expressions for values, and collects the commands that set them. */
export class ValueExpressions {
  /** The commands that set the values, in the order of their use. */
  private readonly steps: string[] = [];
  private usesConfig = false;
  private readonly used = new Set<string>(["Secret"]);

  /** @param module - the module that the program imports */
  constructor(
    private readonly values: Values,
    private readonly module = "pulumi-keycard",
  ) {}

  /** The token or password of a secret. */
  value({ key, variable }: NamedSecret): string {
    switch (this.values) {
      case "config":
        return this.configured(key);
      case "env":
        this.steps.push(`export ${variable}=…`);
        return this.fromEnv(variable);
      case "generated":
        this.used.add("generated");
        return `generated({ length: ${GENERATED_LENGTH} })`;
      case "initial":
        this.used.add("initialValue");
        return `initialValue(${this.fromEnv(variable)})`;
    }
  }

  /** The user name of a password, which Keycard encrypts as well. It cannot be given by reference. */
  username({ usernameKey }: NamedSecret): string {
    return this.configured(usernameKey);
  }

  /** The lines about the adopted values, and about what the program asks for. */
  notes(): string[] {
    const { values, asked } = NOTES[this.values];
    if (this.steps.length === 0) return values;
    return [...values, asked, "", ...this.steps.map((step) => `  ${step}`), ""];
  }

  /** The lines that the expressions need at the top of the program. */
  head(): { imports: string[]; constants: string[] } {
    return {
      imports: [
        ...(this.usesConfig ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
        `import { ${[...this.used].sort(byLetters).join(", ")} } from "${this.module}";`,
      ],
      constants: this.usesConfig ? ["const config = new pulumi.Config();"] : [],
    };
  }

  private fromEnv(variable: string): string {
    this.used.add("fromEnv");
    return `fromEnv(${textLiteral(variable)})`;
  }

  private configured(key: string): string {
    this.usesConfig = true;
    this.steps.push(`pulumi config set --secret ${key}`);
    return `config.requireSecret(${textLiteral(key)})`;
  }
}

function byLetters(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
}
