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

/** The number of entities for a number of secrets. */
export const entitiesOf = (secrets: number) => Math.max(1, Math.floor(secrets / 20));

/** The number of secrets that another revision changes: one in ten. */
export const changedOf = (secrets: number) => Math.ceil(secrets / 10);

/** The secrets that every contender declares, all with different values. The revision is in one description of ten. */
export function declaredSecrets(count: number, revision: number): DeclaredSecret[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(4, "0");
    return {
      zoneId: ZONE,
      entityId: `ent_${(index % entitiesOf(count)) + 1}`,
      name: `Token ${number}`,
      description: `Used by the release job ${number}, in revision ${index % 10 === 0 ? revision : 1}`,
      metadata: { team: "release", job: index + 1, rotation: { every: "90d", owner: `team-${index % 7}` } },
      data: { type: "token", token: `bench-${number}-${"0123456789abcdef".repeat(2)}` },
    };
  });
}

/** The name of a secret's resource. */
export const resourceName = ({ name }: DeclaredSecret) => name.toLowerCase().replace(" ", "-");

/** The variable that has the value of a secret. */
export const variableOf = ({ name }: DeclaredSecret) => name.toUpperCase().replace(" ", "_");

/** The arguments to declare. `BENCH_ARGS` asks for a value from a source, or for no more than an entity and a value. */
export function declaredArgs(secret: DeclaredSecret): DeclaredSecret {
  const { entityId, data } = secret;
  const sources: Record<string, object> = {
    fromEnv: { fromEnv: variableOf(secret) },
    fromCommand: { fromCommand: ["sh", "-c", "sleep 1; echo $0", data.token] },
  };
  const token = sources[process.env["BENCH_ARGS"] ?? ""];
  if (token !== undefined) return { ...secret, data: { ...data, token: token as unknown as string } };
  return process.env["BENCH_ARGS"] === "minimal" ? ({ entityId, data } as DeclaredSecret) : secret;
}

/** The secrets that the environment of a program asks for. */
export const askedFor = () =>
  declaredSecrets(Number(process.env["BENCH_SECRETS"]), Number(process.env["BENCH_REVISION"]));
