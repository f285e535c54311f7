import { createHash, scrypt } from "node:crypto";
import { promisify } from "node:util";

type Scrypt = (
  value: string,
  salt: Buffer,
  length: number,
  cost: { N: number; r: number; p: number },
) => Promise<Buffer>;

const derive = promisify(scrypt) as Scrypt;

// Measured at 7 ms of one core, 13 ms with N = 4096: slow for whoever guesses, and 1,000 secrets still get a preview.
const COST = "scrypt:2048:8:1";
const BYTES = 16;

/**
 * How the fingerprints of one secret are made, as in `scrypt:2048:8:1$salt`: the cost and the salt, which stay as they
 * are once they stand in the state.
 */
export type Recipe = string;

/** The recipe of a new secret: the same in each run, and another for each URN. */
export function recipeFor(urn: string): Recipe {
  const salt = createHash("sha256").update(`pulumi-keycard ${urn}`).digest().subarray(0, BYTES);
  return `${COST}$${salt.toString("base64url")}`;
}

/** The recipe that a fingerprint was made by. */
export function recipeOf(fingerprint: string): Recipe {
  return fingerprint.slice(0, fingerprint.lastIndexOf("$"));
}

/** What can be kept in the place of a value, to tell later whether a value is the same. */
export async function fingerprintOf(value: string, recipe: Recipe): Promise<string> {
  const [cost = "", salt = ""] = recipe.split("$");
  const [N = 0, r = 0, p = 0] = cost.split(":").slice(1).map(Number);
  const hash = await derive(value, Buffer.from(salt, "base64url"), BYTES, { N, r, p });
  return `${recipe}$${hash.toString("base64url")}`;
}

/** True where a value is the one that a fingerprint was made of. */
export async function isFingerprintOf(fingerprint: string, value: string): Promise<boolean> {
  return (await fingerprintOf(value, recipeOf(fingerprint))) === fingerprint;
}
