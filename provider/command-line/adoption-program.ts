import type { Secret } from "../keycard";
import { literal, textLiteral } from "./literal";
import { ValueExpressions, type Values } from "./value-expressions";
import { nameSecrets, type NamedSecret } from "./zone-names";

/** Options of the generated program. */
export interface AdoptionOptions {
  /** How the program declares the values. */
  values: Values;
  /**
   * Adopt only the secrets of these.
   *
   * @defaultValue all entities
   */
  entities?: readonly string[] | undefined;
  /**
   * Whether the program uses the plugin, and imports the secrets.
   *
   * @defaultValue `false`
   */
  native?: boolean | undefined;
}

/** The differences between a program with dynamic resources and one for the plugin. */
interface Door {
  module: string;
  /** The lines about the door at the top of the program. */
  notes: string[];
  /** What a declaration needs to adopt a secret: an argument or an option. */
  takeOver: (id: string, zoneId: string) => { argument?: string; option?: string };
}

const DYNAMIC: Door = {
  module: "pulumi-keycard",
  notes: ["// After the first `pulumi up`, you can remove the lines with `adoptId`."],
  takeOver: (id) => ({ argument: `  adoptId: ${textLiteral(id)},` }),
};

const NATIVE: Door = {
  module: "pulumi-keycard/native",
  notes: [
    "// After the first `pulumi up`, you can remove the options `import`. The plugin needs these lines in Pulumi.yaml:",
    "//",
    "//   packages:",
    "//     keycard-secrets: ./node_modules/pulumi-keycard/plugin",
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
  const door = native ? NATIVE : DYNAMIC;
  const expressions = new ValueExpressions(values, door.module);
  const adopted = nameSecrets(secrets)
    .filter(({ secret }) => entities?.includes(secret.entityId) ?? true)
    .sort(byEntityAndName);
  const declarations = adopted.map((named) =>
    declaration(named, expressions, door.takeOver(named.secret.id, zoneId)),
  );
  const { imports, constants } = expressions.head();
  const lines = [
    `// Adopts the secrets of Keycard zone ${textLiteral(zoneId)}, as \`npx pulumi-keycard adopt\` found them.`,
    ...expressions.notes().map((line) => `// ${line}`.trimEnd()),
    ...door.notes,
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
  { argument, option }: ReturnType<Door["takeOver"]>,
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
