export {
  getSecret,
  getSecretOutput,
  getSecretValue,
  getSecretValueOutput,
  listSecrets,
  listSecretsOutput,
} from "./program/lookups";
export type { LookupOptions, LookupOutputOptions } from "./program/run-lookup";
export { Secret } from "./program/secret";
export * from "./exports";
