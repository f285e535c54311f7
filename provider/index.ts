export {
  getSecret,
  getSecretOutput,
  getSecretValue,
  getSecretValueOutput,
  listSecrets,
  listSecretsOutput,
} from "./lookups";
export type {
  GetSecretArgs,
  GetSecretResult,
  GetSecretValueResult,
  ListSecretsArgs,
  ListSecretsResult,
} from "./lookups";
export type { LookupInputs, LookupOptions, LookupOutputOptions } from "./lookup-output";
export { Secret } from "./secret";
export { fromCommand, fromEnv, fromFile } from "./value-source";
export type { JsonInput, PasswordArgs, SecretArgs, SecretLookup, TokenArgs } from "./secret";
export type {
  DeclaredData,
  DeclaredPasswordData,
  DeclaredTokenData,
  Metadata,
  PasswordData,
  SecretData,
  TokenData,
} from "./secret-inputs";
export type {
  CommandOptions,
  CommandSource,
  EnvSource,
  FileSource,
  TrimOption,
  UnreadValue,
  ValueSource,
  WatchedSource,
} from "./value-source";
