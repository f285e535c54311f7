// What `index.ts` and `native.ts` both export for programs.
export type {
  GetSecretArgs,
  GetSecretByIdArgs,
  LookupZone,
  GetSecretByNameArgs,
  GetSecretResult,
  GetSecretValueResult,
  ListSecretsArgs,
  ListSecretsResult,
  LookupInputs,
} from "./program/lookups";
export type {
  JsonInput,
  PasswordArgs,
  SecretArgs,
  SecretLookup,
  SecretOutputs,
  TokenArgs,
} from "./program/secret-args";
export type { Metadata } from "./secret/fields";
export { generated, type GeneratedValue } from "./values/generated";
export { initialValue, type InitialValue } from "./values/initial";
export { fromCommand, fromEnv, fromFile } from "./values/source";
export type {
  CharacterClass,
  CommandOptions,
  CommandSource,
  DeclaredData,
  DeclaredPasswordData,
  DeclaredTokenData,
  EnvSource,
  FileSource,
  GeneratedOptions,
  GivenInitial,
  GivenMark,
  KeptGenerated,
  KeptValue,
  KnownOptions,
  PasswordData,
  SecretData,
  TokenData,
  AcceptOption,
  FileOptions,
  TrimOption,
  UnreadValue,
  ValueSource,
  WatchedSource,
} from "./values/types";
