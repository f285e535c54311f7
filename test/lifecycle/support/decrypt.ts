import { createDecipheriv, pbkdf2Sync } from "node:crypto";

const SECRET = /"ciphertext": ?"v1:([^:"]+):([^"]+)"/g;

// A million rounds take a fifth of a second, and a stack's salt does not change.
const keys = new Map<string, Buffer>();

/**
 * Decrypts every secret in a text of the engine, such as a saved plan, like Pulumi's passphrase provider.
 *
 * @param salt - `encryptionsalt` of the stack, as in `v1:salt:v1:…`
 */
export function decrypt(text: string, passphrase: string, salt: string): string[] {
  const key = keyOf(passphrase, salt);
  return [...text.matchAll(SECRET)].map(([, nonce = "", sealed = ""]) => opened(key, nonce, sealed));
}

/** The same text with `"plaintext": …` instead of each secret, like `pulumi stack export --show-secrets`. */
export function withPlaintexts(text: string, passphrase: string, salt: string): string {
  const key = keyOf(passphrase, salt);
  return text.replace(
    SECRET,
    (_, nonce: string, sealed: string) => `"plaintext": ${JSON.stringify(opened(key, nonce, sealed))}`,
  );
}

function keyOf(passphrase: string, salt: string): Buffer {
  const name = `${salt} ${passphrase}`;
  const known = keys.get(name);
  if (known !== undefined) return known;
  const bytes = Buffer.from(salt.split(":")[1] ?? "", "base64");
  const key = pbkdf2Sync(passphrase, bytes, 1_000_000, 32, "sha256");
  keys.set(name, key);
  return key;
}

function opened(key: Buffer, nonce: string, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString();
}
