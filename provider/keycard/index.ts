export { foundOrGone } from "./presence";
export { applyPatch, type Patched } from "./patch";
export type { CallOptions } from "./http/errors";
export type { SecretFilter } from "./wire";
export { KeycardClient, type ClientOptions } from "./client";
export { Creations } from "./create-once";
export type { Advice } from "./create-once";
export { EarlierSecrets } from "./find-created";
export type { Limits } from "./http/time";
export type { Credentials } from "./http/auth";
export { findSecret, type FoundSecret } from "./presence";
export { interruptible, type Interruption } from "./http/time";
export {
  failureOf,
  isForbidden,
  isNotFound,
  keycardError,
  type Failure,
  type KeycardError,
} from "./http/errors";
export { removeSecret } from "./presence";
export { cannotBeHad } from "./listings";
export type { Data, NewSecret, Secret, SecretPatch, SecretWithData } from "./wire";
