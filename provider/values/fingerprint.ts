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
 * The costs that a fingerprint may be made by. No other is ever used, as a state that somebody edited could ask for hours of
 * work. The first, for new ones, was measured at 7 ms of one core, 13 ms with N = 4096: slow for whoever guesses, and 1,000
 * secrets still get a preview.
 */
const COSTS: Record<string, Cost> = { "scrypt:2048:8:1": { N: 2048, r: 8, p: 1 } };

const [NEWEST = ""] = Object.keys(COSTS);
const BYTES = 16;

/** How {@link BYTES} bytes look in Base64. */
const ENCODED = /^[\w-]{22}$/;

/**
 * How the fingerprints of one secret are made, as in `scrypt:2048:8:1$salt`: the cost and the salt, which stay the same once
 * they are in the state.
 */
export type Recipe = string;

/** The recipe of a new secret: the same in each run, and another for each URN. */
export function recipeFor(urn: string): Recipe {
  const salt = createHash("sha256").update(`pulumi-keycard ${urn}`).digest().subarray(0, BYTES);
  return `${NEWEST}$${salt.toString("base64url")}`;
}

/** A recipe with a salt of its own, for a value whose resource is not known. */
export function anyRecipe(): Recipe {
  return `${NEWEST}$${randomBytes(BYTES).toString("base64url")}`;
}

/** The recipe that a fingerprint was made by; undefined for one that was edited, cut off, or made by an unknown cost. */
export function recipeOf(fingerprint: string | undefined): Recipe | undefined {
  const [cost = "", salt = "", hash = "", ...others] = fingerprint?.split("$") ?? [];
  const isWhole =
    Object.hasOwn(COSTS, cost) && ENCODED.test(salt) && ENCODED.test(hash) && others.length === 0;
  return isWhole ? `${cost}$${salt}` : undefined;
}

/**
 * What can be kept in the place of a value, to tell later whether a value is the same.
 *
 * @param recipe - one of {@link recipeFor} or {@link recipeOf}
 */
export async function fingerprintOf(value: string, recipe: Recipe): Promise<string> {
  const [name = "", salt = ""] = recipe.split("$");
  const cost = COSTS[name];
  if (!cost) throw new Error("A fingerprint can only be made by a known cost.");
  const hash = await derive(value, Buffer.from(salt, "base64url"), BYTES, cost);
  return `${recipe}$${hash.toString("base64url")}`;
}

/** True for the value that a fingerprint was made of. */
export async function isFingerprintOf(fingerprint: string, value: string): Promise<boolean> {
  const recipe = recipeOf(fingerprint);
  return recipe !== undefined && (await fingerprintOf(value, recipe)) === fingerprint;
}
