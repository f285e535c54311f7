import { createDecipheriv, pbkdf2Sync } from "node:crypto";

/**
 * Decrypts every secret in a text of the engine, such as a saved plan, as Pulumi's passphrase provider does.
 *
 * @param salt - `encryptionsalt` of the stack, as in `v1:salt:v1:…`
 */
export function decrypt(text: string, passphrase: string, salt: string): string[] {
  const key = pbkdf2Sync(
    passphrase,
    Buffer.from(salt.split(":")[1] ?? "", "base64"),
    1_000_000,
    32,
    "sha256",
  );
  return [...text.matchAll(/"ciphertext": ?"v1:([^:"]+):([^"]+)"/g)].map(([, nonce = "", sealed = ""]) => {
    const bytes = Buffer.from(sealed, "base64");
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString();
  });
}
