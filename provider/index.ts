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
export type { JsonInput, PasswordArgs, SecretArgs, SecretLookup, TokenArgs } from "./secret";
export type { Metadata, PasswordData, SecretData, TokenData } from "./secret-inputs";
