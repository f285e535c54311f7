import { lengthOf, lookAgain } from "./availability";
import type { KeycardClient } from "./client";
import { type CallOptions, type Failure, failureOf, isNotFound, keycardError, seconds } from "./http/errors";
import { interruptionOf, latestOf } from "./http/time";
import { type Data, type Secret, secretsPath } from "./wire";

/** How long after its creation a secret may be missing from answers, including the difference between clocks. */
const YOUNG_MS = 90_000;

/** A secret that may be gone, and what is known about it. */
interface Missing {
  zoneId: string;
  id: string;
  /** RFC 3339, if it is known. */
  createdAt?: string | undefined;
  /** True if a listing of this run contains it. */
  isListed?: boolean | undefined;
}

/**
 * Looks for a secret until it is found or certainly gone. A 404 alone is no proof: the zone has to be visible with these
 * credentials, and a secret that was created a moment ago may appear late.
 *
 * @param look - returns undefined or throws a 404 if it does not find the secret
 * @returns undefined if the secret is gone
 * @throws any other error of `look`, and a KeycardError if nothing proves that the secret is gone
 */
export async function foundOrGone<T>(
  client: KeycardClient,
  missing: Missing,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const begun = performance.now();
  let notFound: Failure | undefined;
  const lookOnce = async () => {
    try {
      return await look();
    } catch (error) {
      if (!isNotFound(error)) throw error;
      notFound = failureOf(error);
      return undefined;
    }
  };
  const found = await lookOnce();
  if (found !== undefined) return found;
  const { zoneId, id, isListed = false } = missing;
  const unproven = (event: string, remedy: string) =>
    keycardError({
      action: "find the secret",
      method: "GET",
      path: secretsPath(zoneId),
      requestId: "unknown",
      status: 404,
      outcome: "refused",
      // Absent if the search was in listings, which lack the secret.
      ...notFound,
      event,
      remedy,
      isUnproven: true,
    });
  const reason = await client.zones.missing(zoneId);
  if (reason !== undefined) {
    throw unproven(
      `answered 404, which does not prove that the secret is gone: zone ${zoneId} is not visible at ${client.endpoint} (${reason})`,
      `Authenticated with ${client.credentialSource}. Check the zone, the endpoint and these credentials. ` +
        "If the zone was deleted, remove its secrets from the state.",
    );
  }
  const isContradicted = isListed || client.seen.wasShownSince(id, begun);
  if (!isContradicted && !isYoung(client, missing)) return undefined;
  client.announceOnce(
    `late ${zoneId}`,
    `Keycard does not return the secret ${id} of zone ${zoneId}, which is new or still listed. ` +
      `Looking again for up to ${seconds(lengthOf(client.pausesMs))}, as for any other such secret of the zone.`,
  );
  const late = await lookAgain(client.pausesMs, lookOnce);
  if (late !== undefined) return late;
  const interruption = interruptionOf();
  if (interruption) {
    throw unproven(
      `${interruption.event} before it was certain that the secret is gone`,
      interruption.remedy,
    );
  }
  if (!isContradicted) return undefined;
  const rows = await client.listSecrets(zoneId);
  if (!rows.some((row) => row.id === id)) return undefined;
  throw unproven(
    `${notFound ? "answered 404" : `lacked ${id}`}, but the listing of zone ${zoneId} still has the secret`,
    "Run it again. If this keeps happening, contact Keycard support with the request ID.",
  );
}

function isYoung(client: KeycardClient, { id, createdAt }: Missing): boolean {
  if (client.seen.hasMade(id)) return true;
  if (createdAt === undefined) return false;
  const now = client.clock.earliestAt(performance.now()) ?? Date.now();
  const created = latestOf(createdAt);
  return Number.isNaN(created) || now - created < YOUNG_MS;
}

/** A secret, with its value if that may be read. */
export type FoundSecret = Secret & { data?: Data };

/**
 * Reads a secret, or finds it in a listing of its zone if values may not be read, or this one is not to be.
 *
 * @param options - may include what else is known about the secret, which tells how certain a 404 is
 * @returns undefined if the secret is gone
 * @throws a KeycardError if nothing proves that it is gone
 */
export async function findSecret(
  client: KeycardClient,
  zoneId: string,
  id: string,
  options: CallOptions & Pick<Missing, "createdAt" | "isListed"> & { withoutValue?: boolean } = {},
): Promise<FoundSecret | undefined> {
  const {
    createdAt,
    isListed,
    withoutValue = client.valuesForbiddenBy !== undefined,
    ...callOptions
  } = options;
  let isFirst = true;
  return foundOrGone<FoundSecret>(client, { zoneId, id, createdAt, isListed }, async () => {
    if (!withoutValue) return client.readSecret(zoneId, id, callOptions);
    // Searches at about the same time share a listing.
    const notBefore = isFirst ? undefined : performance.now() - (client.pausesMs[0] ?? 0) / 2;
    isFirst = false;
    return (await client.listings.of(zoneId, undefined, callOptions, notBefore)).get(id);
  });
}

/**
 * Deletes a secret. If it is gone already, that is a success, but only with proof: a 404 alone is not enough.
 *
 * @throws a KeycardError if the secret was not deleted, and nothing proves that it is gone
 */
export async function removeSecret(
  client: KeycardClient,
  secret: Missing & { name?: string },
  options: CallOptions = {},
): Promise<void> {
  const { zoneId, id, name } = secret;
  await foundOrGone(client, secret, async () => {
    await client.deleteSecret(zoneId, id, options);
    return true;
  });
  if (name !== undefined) client.seen.noteFreedName(zoneId, name);
}
