export { Secret } from "./secret";
export { fromCommand, fromEnv, fromFile } from "./value-source";
export type { JsonInput, PasswordArgs, SecretArgs, SecretLookup, TokenArgs } from "./secret";
export type { DeclaredData, Metadata, PasswordData, SecretData, TokenData } from "./secret-inputs";
export type {
  CommandOptions,
  CommandSource,
  EnvSource,
  FileSource,
  TrimOption,
  ValueSource,
  WatchedSource,
} from "./value-source";
