export { applyPatch, type Patched } from "./apply-patch";
export { KeycardClient, type CallOptions, type ClientOptions, type SecretFilter } from "./client";
export { Creations, type Advice } from "./create-once";
export type { Credentials } from "./credentials";
export { failureOf, isNotFound, keycardError, type Failure, type KeycardError } from "./errors";
export type { Data, NewSecret, Secret, SecretPatch, SecretWithData } from "./secret";
