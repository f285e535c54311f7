import type { Secret } from "../keycard";
import { literal, textLiteral } from "./literal";
import { identifier, resourceName, UniqueNames } from "./names";
import { ValueExpressions, type Values } from "./value-expressions";

/** What the program itself declares. */
const OWN_IDENTIFIERS = ["config", "fromEnv", "pulumi", "Secret", "versions", "zoneId"];

/**
 * Writes a program that adopts secrets as they are: where the values are those that Keycard holds, its first
 * `pulumi up` changes nothing.
 *
 * @param secrets - as listed, and so without their values
 */
export function adoptionProgram(zoneId: string, secrets: readonly Secret[], values: Values): string {
  const expressions = new ValueExpressions(values);
  const resources = new UniqueNames("-");
  const identifiers = new UniqueNames("_", OWN_IDENTIFIERS);
  const declared = [...secrets].sort(byEntityAndName).map((secret) => {
    const resource = resources.take(resourceName(secret.name));
    const name = identifiers.take(identifier(resource));
    return { resource, name, text: declaration(secret, resource, name, expressions) };
  });
  const { imports, constants } = expressions.head();
  return [
    `// Takes over what Keycard holds in zone ${textLiteral(zoneId)}, as \`npx pulumi-keycard adopt\` found it. Give it the values`,
    "// that Keycard has, and the first `pulumi up` changes nothing; others are patched. Afterwards the lines with",
    "// `adoptId` say nothing and can go.",
    "//",
    ...expressions.steps.map((step) => `//   ${step}`),
    ...imports,
    "",
    ...constants,
    `const zoneId = ${textLiteral(zoneId)};`,
    "",
    ...declared.flatMap(({ text }) => [text, ""]),
    "export const versions = {",
    ...declared.map(({ resource, name }) => `  ${textLiteral(resource)}: ${name}.version,`),
    "};",
    "",
  ].join("\n");
}

function declaration(secret: Secret, resource: string, name: string, expressions: ValueExpressions): string {
  const { id, entityId, description, metadata, type } = secret;
  const data =
    type === "token"
      ? `{ type: "token", token: ${expressions.value(resource, name)} }`
      : `{ type: "password", username: ${expressions.username(name)}, password: ${expressions.value(resource, name)} }`;
  return [
    `const ${name} = new Secret(${textLiteral(resource)}, {`,
    `  adoptId: ${textLiteral(id)},`,
    "  zoneId,",
    `  entityId: ${textLiteral(entityId)},`,
    `  name: ${textLiteral(secret.name)},`,
    ...(description === undefined ? [] : [`  description: ${textLiteral(description)},`]),
    ...(metadata === undefined ? [] : [`  metadata: ${literal(metadata, "  ")},`]),
    `  data: ${data},`,
    "});",
  ].join("\n");
}

/** So that the same zone gives the same program. */
function byEntityAndName(a: Secret, b: Secret): number {
  const [first, second] = [a, b].map(({ entityId, name, id }) => JSON.stringify([entityId, name, id]));
  return first === second ? 0 : (first ?? "") < (second ?? "") ? -1 : 1;
}
