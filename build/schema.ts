import { SETTING_TYPES } from "../provider/native/settings";
import { describer } from "./descriptions";

/** A type, property or function of the schema, which Pulumi documents as "package schema". */
type Spec = Record<string, unknown>;

const SECRETS = "../provider/program/secret.ts";
const OUTPUTS = "../provider/program/secret-resource.ts";
const SOURCES = "../provider/values/value-source.ts";
const LOOKUPS = "../provider/program/lookups.ts";
const NATIVE = "../provider/native/program";

const text = { type: "string" };
const count = { type: "integer" };
const anyObject = { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } };
const ref = (name: string) => ({ $ref: `#/types/keycard-secrets:index:${name}` });
const value = {
  oneOf: [text, ref("EnvSource"), ref("FileSource"), ref("CommandSource")],
};

/**
 * The schema of the plugin: from it Pulumi checks YAML programs, and generates the SDKs of other languages. What each
 * thing is for comes from the comments of the TypeScript that users of Node.js see.
 *
 * @throws if something has no comment
 */
export function packageSchema(version: string): Spec {
  const of = describer(__dirname);
  /** Gives each property the comment of the member of its name. */
  const properties = (file: string, type: string, members: Record<string, Spec>): Record<string, Spec> =>
    Object.fromEntries(
      Object.entries(members).map(([name, spec]) => [name, { ...spec, description: of(file, type, name) }]),
    );
  const object = (file: string, type: string, required: string[], members: Record<string, Spec>): Spec => ({
    type: "object",
    description: of(file, type),
    properties: properties(file, type, members),
    required,
  });
  const settings = Object.fromEntries(Object.entries(SETTING_TYPES).map(([name, row]) => [name, { ...row }]));
  const config = properties(`${NATIVE}/provider.ts`, "ProviderArgs", settings);
  const secret = {
    zoneId: { ...text, willReplaceOnChanges: true },
    entityId: { ...text, willReplaceOnChanges: true },
    name: text,
    description: text,
    metadata: anyObject,
    data: {
      oneOf: [ref("TokenData"), ref("PasswordData")],
      discriminator: {
        propertyName: "type",
        mapping: {
          token: ref("TokenData").$ref,
          password: ref("PasswordData").$ref,
        },
      },
      secret: true,
    },
    maxAgeDays: { type: "number" },
    adoptId: text,
  };
  const outputs = {
    zoneId: text,
    entityId: text,
    name: text,
    description: text,
    metadata: anyObject,
    data: { ...anyObject, secret: true },
    maxAgeDays: { type: "number" },
    type: text,
    version: count,
    createdAt: text,
    updatedAt: text,
  };
  const found = ["id", "zoneId", "entityId", "name", "type", "version", "createdAt", "updatedAt"];
  const foundSecret = {
    id: text,
    zoneId: text,
    entityId: text,
    name: text,
    description: text,
    metadata: anyObject,
    type: text,
    version: count,
    createdAt: text,
    updatedAt: text,
  };
  // One of the two has to be set, which the plugin checks, as a schema cannot.
  const oneSecret: Spec = {
    type: "object",
    description: of(LOOKUPS, "GetSecretArgs"),
    properties: {
      ...properties(LOOKUPS, "GetSecretByIdArgs", { zoneId: text, id: text }),
      ...properties(LOOKUPS, "GetSecretByNameArgs", { entityId: text, name: text }),
    },
  };
  return {
    name: "keycard-secrets",
    displayName: "Keycard secrets",
    version,
    description: "Manage secrets in Keycard with Pulumi",
    keywords: ["pulumi", "keycard", "secrets", "category/infrastructure", "kind/native"],
    license: "Apache-2.0",
    meta: { moduleFormat: "(.*)" },
    config: { variables: config },
    provider: {
      description: of(`${NATIVE}/provider.ts`, "Provider"),
      inputProperties: config,
    },
    types: {
      "keycard-secrets:index:TokenData": object(SECRETS, "TokenArgs", ["type", "token"], {
        type: { ...text, const: "token" },
        token: { ...value, secret: true },
      }),
      "keycard-secrets:index:PasswordData": object(
        SECRETS,
        "PasswordArgs",
        ["type", "username", "password"],
        { type: { ...text, const: "password" }, username: text, password: { ...value, secret: true } },
      ),
      "keycard-secrets:index:EnvSource": object(SOURCES, "EnvSource", ["fromEnv"], { fromEnv: text }),
      "keycard-secrets:index:FileSource": object(SOURCES, "FileSource", ["fromFile"], {
        fromFile: text,
        trim: { type: "boolean" },
      }),
      "keycard-secrets:index:CommandSource": object(SOURCES, "CommandSource", ["fromCommand"], {
        fromCommand: { type: "array", items: text },
        trim: { type: "boolean" },
        timeoutSeconds: { type: "number" },
      }),
      "keycard-secrets:index:FoundSecret": object(LOOKUPS, "GetSecretResult", found, foundSecret),
    },
    resources: {
      "keycard-secrets:index:Secret": {
        description: of(`${NATIVE}/secret.ts`, "Secret"),
        inputProperties: properties(SECRETS, "SecretArgs", secret),
        requiredInputs: ["entityId", "data"],
        properties: properties(OUTPUTS, "SecretOutputs", outputs),
        required: ["zoneId", "entityId", "name", "data", "type", "version", "createdAt", "updatedAt"],
      },
    },
    functions: {
      "keycard-secrets:index:getSecret": {
        description: of(`${NATIVE}/lookups.ts`, "getSecret"),
        inputs: oneSecret,
        outputs: object(LOOKUPS, "GetSecretResult", found, foundSecret),
      },
      "keycard-secrets:index:getSecretValue": {
        description: of(`${NATIVE}/lookups.ts`, "getSecretValueOutput"),
        inputs: oneSecret,
        outputs: object(LOOKUPS, "GetSecretValueResult", ["data", "version"], {
          data: { ...anyObject, secret: true },
          version: count,
        }),
      },
      "keycard-secrets:index:listSecrets": {
        description: of(`${NATIVE}/lookups.ts`, "listSecrets"),
        inputs: object(LOOKUPS, "ListSecretsArgs", [], {
          zoneId: text,
          entityId: text,
          name: text,
          type: text,
        }),
        outputs: object(LOOKUPS, "ListSecretsResult", ["secrets"], {
          secrets: { type: "array", items: ref("FoundSecret") },
        }),
      },
    },
    language: {
      nodejs: { packageName: "pulumi-keycard", respectSchemaVersion: true },
      python: {
        packageName: "pulumi_keycard_secrets",
        respectSchemaVersion: true,
        pyproject: { enabled: true },
        requires: { pulumi: ">=3.142.0,<4.0.0" },
      },
      go: {
        importBasePath: "pulumi-keycard/sdk/go/keycardsecrets",
        packageImportAliases: {},
        generateResourceContainerTypes: false,
        respectSchemaVersion: true,
      },
    },
  };
}
