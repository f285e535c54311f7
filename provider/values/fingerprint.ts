import { createHash, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";

interface Cost {
  N: number;
  r: number;
  p: number;
}

type Scrypt = (value: string, salt: Buffer, length: number, cost: Cost) => Promise<Buffer>;

const derive = promisify(scrypt) as Scrypt;

/**
 * The allowed costs of a fingerprint. No other is used, because an edited state could demand hours of work. New fingerprints
 * use the first, which takes 7 ms of one core (13 ms with N = 4096): slow for guessing, and fast enough for a preview of
 * 1,000 secrets.
 */
const COSTS: Record<string, Cost> = { "scrypt:2048:8:1": { N: 2048, r: 8, p: 1 } };

const [NEWEST = ""] = Object.keys(COSTS);
const BYTES = 16;

/** {@link BYTES} bytes in Base64. */
const ENCODED = /^[\w-]{22}$/;

/**
 * The cost and the salt of one secret's fingerprints, as in `scrypt:2048:8:1$salt`. They stay the same after they are in the
 * state.
 */
export type Recipe = string;

/** The recipe of a new secret: the same in each run, and different for each URN. */
export function recipeFor(urn: string): Recipe {
  const salt = createHash("sha256").update(`pulumi-keycard ${urn}`).digest().subarray(0, BYTES);
  return `${NEWEST}$${salt.toString("base64url")}`;
}

/** A recipe with a random salt, for a value whose resource is unknown. */
export function anyRecipe(): Recipe {
  return `${NEWEST}$${randomBytes(BYTES).toString("base64url")}`;
}

/**
 * The recipe of a fingerprint, which may lack its hash, as in `scrypt:2048:8:1$salt$`; undefined for one that was edited or cut off, or
 * that has an unknown cost.
 */
export function recipeOf(fingerprint: string | undefined): Recipe | undefined {
  const [cost = "", salt = "", hash, ...others] = fingerprint?.split("$") ?? [];
  const isValid =
    Object.hasOwn(COSTS, cost) &&
    ENCODED.test(salt) &&
    (hash === "" || ENCODED.test(hash ?? "")) &&
    others.length === 0;
  return isValid ? `${cost}$${salt}` : undefined;
}

/** True for a fingerprint with its hash. */
export function isWhole(fingerprint: string | undefined): fingerprint is string {
  return recipeOf(fingerprint) !== undefined && !fingerprint?.endsWith("$");
}

/** Computes what is stored instead of a value, to tell later whether a value is the same. */
export async function fingerprintOf(value: string, recipe: Recipe): Promise<string> {
  const [name = "", salt = ""] = recipe.split("$");
  const cost = COSTS[name];
  if (!cost) throw new Error("A fingerprint has an unknown cost.");
  const hash = await derive(value, Buffer.from(salt, "base64url"), BYTES, cost);
  return `${recipe}$${hash.toString("base64url")}`;
}

export async function isFingerprintOf(fingerprint: string, value: string): Promise<boolean> {
  const recipe = recipeOf(fingerprint);
  return recipe !== undefined && (await fingerprintOf(value, recipe)) === fingerprint;
}
