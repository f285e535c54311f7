export { Secret } from "./secret";
export type { JsonInput, PasswordArgs, SecretArgs, SecretLookup, TokenArgs } from "./secret";
export type { Metadata, PasswordData, SecretData, TokenData } from "./secret-inputs";
