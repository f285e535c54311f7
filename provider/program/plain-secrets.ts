import * as pulumi from "@pulumi/pulumi";
import { SECRET_KEYS } from "../config";

/** In the SDK, and left out of its types. */
type IsConfigSecret = (key: string) => boolean;

/**
 * Finds credentials that the stack's configuration holds in plain text: they are plain in the state too.
 *
 * @returns one warning for each
 */
export function plainSecrets(): string[] {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: IsConfigSecret };
  if (isConfigSecret === undefined) return [];
  const config = pulumi.runtime.allConfig();
  return SECRET_KEYS.filter((key) => (config[key] ?? "") !== "" && !isConfigSecret(key)).map(
    (key) =>
      `${key} is in plain text in the stack's configuration, and so in its state. ` +
      `Run \`pulumi config set --secret ${key}\`, then \`pulumi up\`, and replace the credential.`,
  );
}
