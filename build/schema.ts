import type { Setting } from "../provider/config/settings";
import type { ProviderArgs } from "../provider/program/provider";
import type {
  GetSecretByIdArgs,
  GetSecretByNameArgs,
  GetSecretResult,
  GetSecretValueResult,
  ListSecretsArgs,
  ListSecretsResult,
} from "../provider/program/lookups";
import type { PasswordArgs, SecretArgs, TokenArgs, SecretOutputs } from "../provider/program/secret-args";
import type { GeneratedValue } from "../provider/values/generated";
import type { InitialValue } from "../provider/values/initial";
import type { CommandSource, EnvSource, FileSource, GeneratedOptions } from "../provider/values/types";
import { describer } from "./descriptions";

/** A type, property or function of the schema, which Pulumi documents as "package schema". */
type Spec = Record<string, unknown>;

/** A specification for each member of a TypeScript interface, so that the compiler finds one that is missing. */
type Members<T> = { [Name in keyof T]-?: object };

const SECRETS = "../provider/program/secret-args.ts";
const OUTPUTS = "../provider/program/secret-args.ts";
const SOURCES = "../provider/values/types.ts";
const GENERATED = "../provider/values/generated.ts";
const OPTIONS = "../provider/values/types.ts";
const INITIAL = "../provider/values/initial.ts";
const LOOKUPS = "../provider/program/lookups.ts";

const text = { type: "string" };
const count = { type: "integer" };
const anyObject = { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } };
const ref = (name: string) => ({ $ref: `#/types/keycard-secrets:index:${name}` });
const given = [text, ref("EnvSource"), ref("FileSource"), ref("CommandSource")];
const value = { oneOf: [...given, ref("GeneratedValue"), ref("InitialValue")] };

/** What the schema says about the package itself. */
export interface PackageFacts {
  version: string;
  homepage: string;
  repository: { url: string };
  /** Where Pulumi finds the archives of this version. */
  pluginDownloadURL?: string | undefined;
}

/**
 * The schema of the plugin. Pulumi uses it to check YAML programs, and to generate the SDKs of other languages. The
 * descriptions come from the comments of the TypeScript API.
 *
 * @throws if something has no comment
 */
export function packageSchema({ version, homepage, repository, pluginDownloadURL }: PackageFacts): Spec {
  const of = describer(__dirname);
  const source = repository.url.replace(/^git\+|\.git$/g, "");
  /** Gives each property the comment of the member of its name. */
  const properties = <T>(file: string, type: string, members: Members<T>): Record<string, Spec> =>
    Object.fromEntries(
      Object.entries<object>(members).map(([name, spec]) => [
        name,
        { ...spec, description: of(file, type, name) },
      ]),
    );
  const object = <T>(file: string, type: string, required: (keyof T)[], members: Members<T>): Spec => ({
    type: "object",
    description: of(file, type),
    properties: properties<T>(file, type, members),
    required,
  });
  const settings: Members<ProviderArgs> & Record<Setting, object> = {
    endpoint: text,
    clientId: text,
    clientSecret: { ...text, secret: true },
    accessToken: { ...text, secret: true },
    zoneId: text,
    readValues: { type: "boolean" },
    concurrency: { type: "number" },
    parallelReads: { type: "number" },
    attemptTimeoutSeconds: { type: "number" },
    totalTimeoutSeconds: { type: "number" },
  };
  const config = properties<ProviderArgs>("../provider/program/provider.ts", "ProviderArgs", settings);
  const secret: Members<SecretArgs> = {
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
  const outputs: Members<SecretOutputs> = {
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
  const found: (keyof GetSecretResult)[] = [
    "id",
    "zoneId",
    "entityId",
    "name",
    "type",
    "version",
    "createdAt",
    "updatedAt",
  ];
  const foundSecret: Members<GetSecretResult> = {
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
  // One of the two must be set. The plugin checks that, because a schema cannot.
  const oneSecret: Spec = {
    type: "object",
    description: of(LOOKUPS, "GetSecretArgs"),
    properties: {
      ...properties<GetSecretByIdArgs>(LOOKUPS, "GetSecretByIdArgs", { zoneId: text, id: text }),
      ...properties<Omit<GetSecretByNameArgs, "zoneId">>(LOOKUPS, "GetSecretByNameArgs", {
        entityId: text,
        name: text,
      }),
    },
  };
  return {
    name: "keycard-secrets",
    displayName: "Keycard secrets",
    version,
    description: "Manage secrets in Keycard with Pulumi",
    keywords: ["pulumi", "keycard", "secrets", "category/infrastructure", "kind/native"],
    license: "Apache-2.0",
    publisher: "pulumi-keycard contributors",
    homepage,
    repository: source,
    pluginDownloadURL: pluginDownloadURL ?? `${homepage}/releases/v${version}`,
    meta: { moduleFormat: "(.*)" },
    config: { variables: config },
    provider: {
      description: of("../provider/program/provider.ts", "Provider"),
      inputProperties: config,
    },
    types: {
      "keycard-secrets:index:TokenData": object<TokenArgs>(SECRETS, "TokenArgs", ["type", "token"], {
        type: { ...text, const: "token" },
        token: { ...value, secret: true },
      }),
      "keycard-secrets:index:PasswordData": object<PasswordArgs>(
        SECRETS,
        "PasswordArgs",
        ["type", "username", "password"],
        { type: { ...text, const: "password" }, username: text, password: { ...value, secret: true } },
      ),
      "keycard-secrets:index:EnvSource": object<EnvSource>(SOURCES, "EnvSource", ["fromEnv"], {
        fromEnv: text,
        acceptAnyValue: { type: "boolean" },
      }),
      "keycard-secrets:index:FileSource": object<FileSource>(SOURCES, "FileSource", ["fromFile"], {
        fromFile: text,
        trim: { type: "boolean" },
        field: text,
        acceptAnyValue: { type: "boolean" },
      }),
      "keycard-secrets:index:CommandSource": object<CommandSource>(
        SOURCES,
        "CommandSource",
        ["fromCommand"],
        {
          fromCommand: { type: "array", items: text },
          trim: { type: "boolean" },
          field: text,
          acceptAnyValue: { type: "boolean" },
          timeoutSeconds: { type: "number" },
          passEnv: { type: "array", items: text },
        },
      ),
      "keycard-secrets:index:GeneratedValue": object<GeneratedValue>(
        GENERATED,
        "GeneratedValue",
        ["generated"],
        { generated: ref("GeneratedOptions") },
      ),
      "keycard-secrets:index:GeneratedOptions": object<GeneratedOptions>(
        OPTIONS,
        "GeneratedOptions",
        ["length"],
        {
          length: count,
          characters: { type: "array", items: text },
          rotateAfterDays: { type: "number" },
          rotation: text,
        },
      ),
      "keycard-secrets:index:InitialValue": object<InitialValue>(INITIAL, "InitialValue", ["initialValue"], {
        initialValue: { oneOf: given, secret: true },
      }),
      "keycard-secrets:index:FoundSecret": object<GetSecretResult>(
        LOOKUPS,
        "GetSecretResult",
        found,
        foundSecret,
      ),
    },
    resources: {
      "keycard-secrets:index:Secret": {
        description: of("../provider/program/native-secret.ts", "Secret"),
        inputProperties: properties<SecretArgs>(SECRETS, "SecretArgs", secret),
        requiredInputs: ["entityId", "data"],
        properties: properties<SecretOutputs>(OUTPUTS, "SecretOutputs", outputs),
        required: ["zoneId", "entityId", "name", "data", "type", "version", "createdAt", "updatedAt"],
      },
    },
    functions: {
      "keycard-secrets:index:getSecret": {
        description: of("../provider/program/native-lookups.ts", "getSecret"),
        inputs: oneSecret,
        outputs: object<GetSecretResult>(LOOKUPS, "GetSecretResult", found, foundSecret),
      },
      "keycard-secrets:index:getSecretValue": {
        description: of("../provider/program/native-lookups.ts", "getSecretValueOutput"),
        inputs: oneSecret,
        outputs: object<GetSecretValueResult>(LOOKUPS, "GetSecretValueResult", ["data", "version"], {
          data: { ...anyObject, secret: true },
          version: count,
        }),
      },
      "keycard-secrets:index:listSecrets": {
        description: of("../provider/program/native-lookups.ts", "listSecrets"),
        inputs: object<ListSecretsArgs>(LOOKUPS, "ListSecretsArgs", [], {
          zoneId: text,
          entityId: text,
          name: text,
          type: text,
        }),
        outputs: object<ListSecretsResult>(LOOKUPS, "ListSecretsResult", ["secrets"], {
          secrets: { type: "array", items: ref("FoundSecret") },
        }),
      },
    },
    language: {
      nodejs: { packageName: "pulumi-keycard-secrets", respectSchemaVersion: true },
      python: {
        packageName: "pulumi_keycard_secrets",
        respectSchemaVersion: true,
        pyproject: { enabled: true },
        requires: { pulumi: ">=3.142.0,<4.0.0" },
      },
      go: {
        // As `pulumi package add` prints it: the Go host makes it from the repository.
        importBasePath: `${source.replace(/^https:\/\//, "")}/sdk/go/keycardsecrets`,
        packageImportAliases: {},
        generateResourceContainerTypes: false,
        respectSchemaVersion: true,
      },
    },
  };
}
