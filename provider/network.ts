// Everything that sends requests. The build bundles it into one file, which the first request loads, so that a preview
// need not.
export { interruptible, type Interruption } from "./keycard/http/time";
export { lookUp } from "./secret/lookups";
export { SecretOperations, connect } from "./secret/operations";
