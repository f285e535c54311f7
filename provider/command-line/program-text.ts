import type { Secret } from "../keycard/wire";

/** Characters that would end the line of a comment, or hide or reorder text. */
const UNSEEN = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Writes a string as a TypeScript literal, always in one line. */
function textLiteral(text: string): string {
  return JSON.stringify(text).replace(
    UNSEEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Writes a JSON value as a TypeScript literal. @param indent - the indentation of the lines after the first */
function literal(value: unknown, indent = ""): string {
  if (typeof value === "string") return textLiteral(value);
  if (typeof value !== "object" || value === null) return String(value);
  const deeper = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((item) => literal(item, deeper))
    : Object.entries(value).map(([key, child]) => `${propertyName(key)}: ${literal(child, deeper)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (lines.length === 0) return `${open}${close}`;
  return `${open}\n${lines.map((line) => `${deeper}${line},\n`).join("")}${indent}${close}`;
}

function propertyName(key: string): string {
  // Without brackets, this key would set the object's prototype.
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : textLiteral(key);
}

/**
 * How an adopted program can declare the values: in Pulumi's configuration, in the environment, generated, or as given once
 * and then left to Keycard.
 */
export const VALUES = ["config", "env", "generated", "initial"] as const;

export type Values = (typeof VALUES)[number];

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
class ValueExpressions {
  /** The commands that set the values, in the order of their use. */
  private readonly steps: string[] = [];
  private usesConfig = false;
  private readonly used = new Set<string>(["Secret"]);

  /** @param module - the module that the program imports */
  constructor(
    private readonly values: Values,
    private readonly module = "pulumi-keycard",
  ) {}

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

  notes(): string[] {
    const { values, asked } = NOTES[this.values];
    if (this.steps.length === 0) return values;
    return [...values, asked, "", ...this.steps.map((step) => `  ${step}`), ""];
  }

  head(): { imports: string[]; constants: string[] } {
    const used = [...this.used].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    return {
      imports: [
        ...(this.usesConfig ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
        `import { ${used.join(", ")} } from "${this.module}";`,
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

interface AdoptionOptions {
  values: Values;
  /** Adopt only the secrets of these. @defaultValue all entities */
  entities?: readonly string[] | undefined;
  /** Whether the program uses the plugin, and imports the secrets. @defaultValue `false` */
  native?: boolean | undefined;
}

/** The differences between a program with dynamic resources and one for the plugin. */
interface ResourceKind {
  module: string;
  notes: string[];
  /** What a declaration needs to adopt a secret: an argument or an option. */
  takeOver: (id: string, zoneId: string) => { argument?: string; option?: string };
}

const DYNAMIC: ResourceKind = {
  module: "pulumi-keycard",
  notes: ["// After the first `pulumi up`, you can remove the lines with `adoptId`."],
  takeOver: (id) => ({ argument: `  adoptId: ${textLiteral(id)},` }),
};

const NATIVE: ResourceKind = {
  module: "pulumi-keycard/native",
  notes: [
    "// After the first `pulumi up`, you can remove the options `import`. The plugin needs these lines in Pulumi.yaml:",
    "//",
    "//   plugins:",
    "//     providers:",
    "//       - name: keycard-secrets",
    "//         path: ./node_modules/pulumi-keycard/plugin",
  ],
  takeOver: (id, zoneId) => ({ option: `{ import: ${textLiteral(`${zoneId}/${id}`)} }` }),
};

/**
 * Writes a program that adopts secrets as they are: its first `pulumi up` changes nothing if the values that you give it
 * are those in Keycard. The names in it depend on all secrets of the zone, so that programs for its parts can be joined.
 *
 * @param secrets - all secrets of the zone, as listed, and so without their values
 * @returns the program, and how many secrets it adopts
 */
export function adoptionProgram(
  zoneId: string,
  secrets: readonly Secret[],
  { values, entities, native = false }: AdoptionOptions,
): { text: string; count: number } {
  const kind = native ? NATIVE : DYNAMIC;
  const expressions = new ValueExpressions(values, kind.module);
  const adopted = nameSecrets(secrets)
    .filter(({ secret }) => entities?.includes(secret.entityId) ?? true)
    .sort(byEntityAndName);
  const declarations = adopted.map((named) =>
    declaration(named, expressions, kind.takeOver(named.secret.id, zoneId)),
  );
  const { imports, constants } = expressions.head();
  const lines = [
    `// Adopts the secrets of Keycard zone ${textLiteral(zoneId)}, as \`npx pulumi-keycard adopt\` found them.`,
    ...expressions.notes().map((line) => `// ${line}`.trimEnd()),
    ...kind.notes,
    ...imports,
    "",
    ...constants,
    `const zoneId = ${textLiteral(zoneId)};`,
    "",
    ...declarations.flatMap((text) => [text, ""]),
    "export const versions = {",
    ...adopted.map(({ resource, identifier }) => `  ${textLiteral(resource)}: ${identifier}.version,`),
    "};",
    "",
  ];
  return { text: lines.join("\n"), count: adopted.length };
}

function declaration(
  named: NamedSecret,
  expressions: ValueExpressions,
  { argument, option }: ReturnType<ResourceKind["takeOver"]>,
): string {
  const { entityId, name, description, metadata, type } = named.secret;
  const data =
    type === "token"
      ? `{ type: "token", token: ${expressions.value(named)} }`
      : `{ type: "password", username: ${expressions.username(named)}, password: ${expressions.value(named)} }`;
  return [
    `const ${named.identifier} = new Secret(${textLiteral(named.resource)}, {`,
    ...(argument === undefined ? [] : [argument]),
    "  zoneId,",
    `  entityId: ${textLiteral(entityId)},`,
    `  name: ${textLiteral(name)},`,
    ...(description === undefined ? [] : [`  description: ${textLiteral(description)},`]),
    ...(metadata === undefined ? [] : [`  metadata: ${literal(metadata, "  ")},`]),
    `  data: ${data},`,
    option === undefined ? "});" : `}, ${option});`,
  ].join("\n");
}

/** A fixed order, so that the same zone always results in the same program. */
function byEntityAndName(a: NamedSecret, b: NamedSecret): number {
  const [first, second] = [a, b].map(({ secret: { entityId, name, id } }) =>
    JSON.stringify([entityId, name, id]),
  );
  return first === second ? 0 : (first ?? "") < (second ?? "") ? -1 : 1;
}

const LONGEST_NAME = 60;

/** Words that cannot be the name of a variable in strict mode, and names that already have a meaning. */
const RESERVED = new Set(
  (
    "arguments as async await break case catch class const continue debugger default delete do else enum eval export " +
    "extends false finally for function get if implements import in infinity instanceof interface let nan new null of " +
    "package private protected public return set static super switch this throw true try typeof undefined var void " +
    "while with yield require exports module console process global"
  ).split(" "),
);

/** Assigns names that are unique, ignoring case. */
class UniqueNames {
  private readonly taken: Set<string>;

  /**
   * @param separator - the separator before the number of a repeated name
   * @param taken - names that are in use already
   */
  constructor(
    private readonly separator: "-" | "_",
    taken: readonly string[] = [],
  ) {
    this.taken = new Set(taken.map((name) => name.toLowerCase()));
  }

  /** Returns the wanted name, or that name with the first free number. */
  take(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.taken.has(name.toLowerCase()); count++)
      name = `${wanted}${this.separator}${count}`;
    this.taken.add(name.toLowerCase());
    return name;
  }
}

/** The name of a Pulumi resource, derived from the name of the secret: `GitHub token` becomes `github-token`. */
function resourceName(secretName: string): string {
  const words = secretName
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  return words.slice(0, LONGEST_NAME).replace(/^-+|-+$/g, "") || "secret";
}

/** The name of a variable, derived from that of the resource: `github-token` becomes `githubToken`. */
function identifier(resource: string): string {
  const name = resource.replace(/-+(.)/g, (_, letter: string) => letter.toUpperCase());
  return RESERVED.has(name) || /^\d/.test(name)
    ? `secret${name.charAt(0).toUpperCase()}${name.slice(1)}`
    : name;
}

/** Names that every generated program declares. */
const OWN_IDENTIFIERS = "config fromEnv generated initialValue pulumi Secret versions zoneId".split(" ");

/** A secret with its names in the program. No two secrets of a zone share one. */
export interface NamedSecret {
  secret: Secret;
  /** The name of the Pulumi resource. */
  resource: string;
  /** The name of the TypeScript variable for the resource. */
  identifier: string;
  /** The configuration key of its value. */
  key: string;
  /** The configuration key of the user name of a password. */
  usernameKey: string;
  /** The environment variable of its value. A prefix keeps it apart from others, such as `PATH`. */
  variable: string;
}

/**
 * Names secrets, the oldest first, so that a new secret does not change the names of older ones.
 *
 * @param secrets - all secrets of a zone
 */
function nameSecrets(secrets: readonly Secret[]): NamedSecret[] {
  const resources = new UniqueNames("-");
  const identifiers = new UniqueNames("_", OWN_IDENTIFIERS);
  const keys = new UniqueNames("_");
  const variables = new UniqueNames("_");
  return [...secrets].sort(byAge).map((secret) => {
    const resource = resources.take(resourceName(secret.name));
    const name = identifiers.take(identifier(resource));
    return {
      secret,
      resource,
      identifier: name,
      key: keys.take(name),
      usernameKey: keys.take(`${name}Username`),
      variable: variables.take(`SECRET_${resource.toUpperCase().replaceAll("-", "_")}`),
    };
  });
}

function byAge(a: Secret, b: Secret): number {
  return Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.id < b.id ? -1 : 1);
}

/** Returns a warning for each number in the metadata of a secret that JavaScript may have rounded. */
export function inexactNumbers({ id, metadata }: Pick<Secret, "id" | "metadata">): string[] {
  return placesIn(metadata, "metadata").map(
    (place) =>
      `Warning: \`${place}\` of the secret ${id} is a whole number above 2^53, which JavaScript cannot represent exactly, so ` +
      "the program may contain a rounded number. Store it in Keycard as a string.",
  );
}

function placesIn(value: unknown, path: string): string[] {
  if (typeof value === "number") {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? [path] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => placesIn(child, `${path}.${key}`));
}
