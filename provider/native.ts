export {
  getSecret,
  getSecretOutput,
  getSecretValue,
  getSecretValueOutput,
  listSecrets,
  listSecretsOutput,
} from "./program/native-lookups";
export { Provider, type ProviderArgs } from "./program/provider";
export { Secret } from "./program/native-secret";
export * from "./exports";
