/**
 * Everything that sends requests. The build bundles it into one file, which the first request loads, so that a preview
 * need not.
 */
export { connect } from "./connection";
export { interruptible, type Interruption } from "./keycard";
export { lookUp } from "./operations/look-ups";
export { SecretOperations } from "./operations/secret-operations";
