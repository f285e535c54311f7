/** What an `Error` has to carry so that the engine records a resource although its call failed. */
interface HalfDone {
  id: string;
  /** The outputs that are true now, with the loader text that later calls need. */
  properties: object;
}

/**
 * Builds the error of a secret that was patched, though not in all fields.
 *
 * @param kept - the fields that Keycard would not clear, as in `description` or `metadata.team`
 * @param cause - why the corrective PATCH failed, where it did
 */
export function keptFieldsError({ id, properties }: HalfDone, kept: string[], cause?: string): Error {
  const reason =
    `Keycard updated the secret ${id} but kept ${kept.join(", ")}, which was to be cleared. ` +
    (cause ?? "Clear it in Keycard's console, or declare what it holds.");
  return Object.assign(new Error(reason), { id, properties, reasons: [reason] });
}
