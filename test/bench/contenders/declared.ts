/** A secret as each contender declares it. */
export interface DeclaredSecret {
  zoneId: string;
  entityId: string;
  name: string;
  description: string;
  metadata: Record<string, string | number | Record<string, string>>;
  data: { type: "token"; token: string };
}

/** The zone of all secrets. */
export const ZONE = "zone_1";

const SECRETS_AN_ENTITY = 20;
const SECRETS_A_CHANGE = 10;

/** The number of entities for a number of secrets. */
export function entitiesOf(secrets: number): number {
  return Math.max(1, Math.floor(secrets / SECRETS_AN_ENTITY));
}

/** The number of secrets that another revision changes: one in ten. */
export function changedOf(secrets: number): number {
  return Math.ceil(secrets / SECRETS_A_CHANGE);
}

/**
 * The secrets that every contender declares, all with different values.
 *
 * @param revision - a part of the description of one secret in ten, so that another revision changes these
 */
export function declaredSecrets(count: number, revision: number): DeclaredSecret[] {
  const entities = entitiesOf(count);
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(4, "0");
    return {
      zoneId: ZONE,
      entityId: `ent_${(index % entities) + 1}`,
      name: `Token ${number}`,
      description: `Used by the release job ${number}, in revision ${index % SECRETS_A_CHANGE === 0 ? revision : 1}`,
      metadata: { team: "release", job: index + 1, rotation: { every: "90d", owner: `team-${index % 7}` } },
      data: { type: "token", token: `bench-${number}-${"0123456789abcdef".repeat(2)}` },
    };
  });
}

/** The name of a secret's resource. */
export function resourceName({ name }: DeclaredSecret): string {
  return name.toLowerCase().replace(" ", "-");
}

/** The variable that has the value of a secret, with `BENCH_SOURCE`. */
export const variableOf = ({ name }: DeclaredSecret) => name.toUpperCase().replace(" ", "_");

/** Where a value comes from, if `BENCH_SOURCE` says so. */
function sourceOf(secret: DeclaredSecret): object | undefined {
  switch (process.env["BENCH_SOURCE"]) {
    case "fromEnv":
      return { fromEnv: variableOf(secret) };
    case "fromCommand":
      return { fromCommand: ["sh", "-c", "sleep 1; echo $0", secret.data.token] };
  }
  return undefined;
}

/** What a program that declares as little as possible gives. The zone comes from the environment. */
type LeastArgs = Pick<DeclaredSecret, "entityId" | "data">;

/** The arguments to declare: with `BENCH_MINIMAL`, only an entity and a token. */
export function declaredArgs(secret: DeclaredSecret): DeclaredSecret | LeastArgs {
  const { entityId } = secret;
  const token = sourceOf(secret);
  const data = { ...secret.data, ...(token && { token: token as unknown as string }) };
  if (token) return { ...secret, data };
  return process.env["BENCH_MINIMAL"] ? { entityId, data } : secret;
}

/** The options in the environment of a program. */
export function askedFor(): DeclaredSecret[] {
  return declaredSecrets(Number(process.env["BENCH_SECRETS"]), Number(process.env["BENCH_REVISION"]));
}
