// What both doors export for programs.
export type {
  GetSecretArgs,
  GetSecretByIdArgs,
  GetSecretByNameArgs,
  GetSecretResult,
  GetSecretValueResult,
  ListSecretsArgs,
  ListSecretsResult,
} from "./program/lookups";
export type { LookupInputs } from "./program/lookup-options";
export type { JsonInput, PasswordArgs, SecretArgs, SecretLookup, TokenArgs } from "./program/secret";
export type { SecretOutputs } from "./program/secret-resource";
export type { Metadata } from "./secret-inputs";
export type {
  DeclaredData,
  DeclaredPasswordData,
  DeclaredTokenData,
  PasswordData,
  SecretData,
  TokenData,
} from "./values/secret-data";
export { fromCommand, fromEnv, fromFile } from "./values/value-source";
export type {
  CommandOptions,
  CommandSource,
  EnvSource,
  FileSource,
  TrimOption,
  UnreadValue,
  ValueSource,
  WatchedSource,
} from "./values/value-source";
