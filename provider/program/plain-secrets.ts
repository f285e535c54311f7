import * as pulumi from "@pulumi/pulumi";
import { SECRET_KEYS } from "../config/places";

/** The SDK has this function, but its types do not. */
type IsConfigSecret = (key: string) => boolean;

/**
 * Finds credentials that are in plain text in the stack's configuration, and therefore in the state.
 *
 * @returns one warning for each
 */
export function plainSecrets(): string[] {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: IsConfigSecret };
  if (isConfigSecret === undefined) return [];
  const config = pulumi.runtime.allConfig();
  return SECRET_KEYS.filter((key) => (config[key] ?? "") !== "" && !isConfigSecret(key)).map(
    (key) =>
      `${key} is in plain text in the stack's configuration and in its state. ` +
      `Run \`pulumi config set --secret ${key}\`and \`pulumi up\`, and then replace the credential in Keycard.`,
  );
}
