export { applyPatch, type Patched } from "./apply-patch";
export { KeycardClient, type ClientOptions, type SecretFilter } from "./client";
export type { Credentials } from "./credentials";
export { failureOf, isNotFound, keycardError, type KeycardError } from "./errors";
export type { Data, NewSecret, Secret, SecretPatch, SecretWithData } from "./secret";
