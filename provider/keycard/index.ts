export { applyPatch, type Patched } from "./apply-patch";
export type { CallOptions, SecretFilter } from "./call-options";
export { KeycardClient, type ClientOptions } from "./client";
export { Creations, type Advice } from "./create-once";
export type { Credentials } from "./credentials";
export { findSecret, type FoundSecret } from "./find-secret";
export { failureOf, isNotFound, keycardError, type Failure, type KeycardError } from "./errors";
export { cannotBeHad } from "./shared-listings";
export type { Data, NewSecret, Secret, SecretPatch, SecretWithData } from "./secret";
