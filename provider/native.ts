export {
  getSecret,
  getSecretOutput,
  getSecretValue,
  getSecretValueOutput,
  listSecrets,
  listSecretsOutput,
} from "./native/program/lookups";
export { Provider, type ProviderArgs } from "./native/program/provider";
export { Secret } from "./native/program/secret";
export * from "./exports";
