export {
  getSecret,
  getSecretOutput,
  getSecretValue,
  getSecretValueOutput,
  listSecrets,
  listSecretsOutput,
} from "./program/lookups";
export { Provider, type ProviderArgs } from "./program/provider";
export { Secret } from "./program/secret";
export * from "../exports";
