/**
 * All that speaks to Keycard, in one place for the build, which makes one file of it: it is loaded by the first call that
 * sends a request, so that a preview does without.
 */
export { connect } from "./connection";
export { interruptible, type Interruption } from "./keycard";
export { lookUp } from "./operations/look-ups";
export { SecretOperations } from "./operations/secret-operations";
