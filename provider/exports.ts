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
export type { LookupInputs } from "./program/lookups";
export type { JsonInput, PasswordArgs, SecretArgs, SecretLookup, TokenArgs } from "./program/secret-args";
export type { SecretOutputs } from "./program/secret-args";
export type { Metadata } from "./secret/types";
export type {
  DeclaredData,
  DeclaredPasswordData,
  DeclaredTokenData,
  KeptValue,
  PasswordData,
  SecretData,
  TokenData,
} from "./values/types";
export type { CharacterClass, GeneratedOptions, KnownOptions } from "./values/generated";
export { generated, type GeneratedValue } from "./values/generated";
export { initialValue, type InitialValue } from "./values/initial";
export type { GivenInitial, GivenMark, KeptGenerated } from "./values/value";
export { fromCommand, fromEnv, fromFile } from "./values/source";
export type {
  CommandOptions,
  CommandSource,
  EnvSource,
  FileSource,
  TrimOption,
  UnreadValue,
  ValueSource,
  WatchedSource,
} from "./values/source";
