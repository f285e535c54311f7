import { normalised, withOwn } from "./normalise";
import { isEmpty, patched } from "./patch-rules";
import { Refusal } from "./refusal";
import type { StoreSwitches } from "./switches";
import type { NewSecret, SecretData, SecretPatch, StoredSecret } from "./wire";

/** Data of a type that the API may get one day, such as `{ type: "certificate" }`. */
export interface OtherData {
  type: string;
  [field: string]: unknown;
}

/** The fields of a planted secret. Others have defaults. */
export type PlantedSecret = Omit<Partial<StoredSecret>, "data"> & { data?: SecretData | OtherData };

/** The fields that a test may change without the provider's knowledge. `undefined` removes an optional field. */
export type SecretEdit = Omit<PlantedSecret, "description" | "metadata"> & {
  description?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
};

/**
 * The secrets of all zones, in the order of their creation. A stored object is never changed, only
 * replaced, so that request bodies and answers may share parts with it.
 */
export class SecretStore {
  readonly #secrets = new Map<string, StoredSecret>();
  /** When each secret was made by a POST, by our clock. */
  readonly #bornAt = new Map<string, number>();
  /** When the token or password of each secret last changed, by the clock of its times. */
  readonly #valueChangedAt = new Map<string, string>();
  /** When the names of deleted secrets were last in use, by our clock. */
  readonly #usedUntil = new Map<string, number>();

  constructor(
    private readonly switchesOf: (zoneId: string) => StoreSwitches,
    private readonly now: () => number,
    private readonly newId: () => string,
  ) {}

  all(): StoredSecret[] {
    return [...this.#secrets.values()];
  }

  valueChangedAt(id: string): string | undefined {
    return this.#valueChangedAt.get(id);
  }

  get(id: string): StoredSecret | undefined {
    return this.#secrets.get(id);
  }

  /** @throws Refusal 404 if the zone has no such secret. */
  find(zoneId: string, id: string): StoredSecret {
    const secret = this.#secrets.get(id);
    if (secret?.zone_id !== zoneId) throw new Refusal(404, "Secret not found");
    return secret;
  }

  /** False if a POST created the secret less than so many milliseconds ago. */
  isOlderThan(id: string, ms: number): boolean {
    return Date.now() >= (this.#bornAt.get(id) ?? 0) + ms;
  }

  list(zoneId: string, entityId?: string, type?: string): StoredSecret[] {
    return this.all().filter(
      (secret) =>
        secret.zone_id === zoneId &&
        (entityId === undefined || secret.entity_id === entityId) &&
        (type === undefined || secret.data.type === type),
    );
  }

  create(zoneId: string, body: NewSecret): StoredSecret {
    const switches = this.switchesOf(zoneId);
    const { entity_id, name, description, data, ...rest } = normalised(body, switches);
    const metadata = withOwn(rest.metadata, true, switches);
    refuseName(name, switches);
    this.#refuseTakenName(zoneId, entity_id, name);
    const id = this.newId();
    this.#bornAt.set(id, Date.now());
    return this.#keep({
      id,
      zone_id: zoneId,
      entity_id,
      name,
      ...(description ? { description } : {}),
      ...(metadata && !isEmpty(metadata) ? { metadata } : {}),
      data,
      version: 1,
      ...this.#bornNow(zoneId),
    });
  }

  patch(zoneId: string, id: string, body: SecretPatch): StoredSecret {
    const secret = this.find(zoneId, id);
    if (isEmpty(body)) return secret;
    const switches = this.switchesOf(zoneId);
    const patch = normalised(body, switches);
    const { metadata: content, ...rest } = patched(secret, patch, switches);
    const metadata = withOwn(content, false, switches);
    const changed = { ...rest, ...(metadata && { metadata }) };
    if (changed.name !== secret.name) {
      refuseName(changed.name, switches);
      this.#refuseTakenName(zoneId, secret.entity_id, changed.name);
    }
    const raise = switches.version === "every-update" || patch.data !== undefined;
    return this.#keep({
      ...changed,
      version: secret.version + (raise ? 1 : 0),
      updated_at: this.#after(zoneId, secret.updated_at),
    });
  }

  remove(zoneId: string, id: string): void {
    const { entity_id, name } = this.find(zoneId, id);
    this.#usedUntil.set(nameKey(zoneId, entity_id, name), Date.now());
    this.#secrets.delete(id);
  }

  forget(id: string): boolean {
    return this.#secrets.delete(id);
  }

  plant(planted: PlantedSecret): StoredSecret {
    const id = planted.id ?? this.newId();
    return this.#keep({
      zone_id: "zone_1",
      entity_id: "ent_1",
      name: id,
      data: { type: "token", token: `token-of-${id}` } as const,
      version: 1,
      ...this.#bornNow(planted.zone_id ?? "zone_1"),
      ...structuredClone(planted),
      id,
    });
  }

  edit(id: string, changes: SecretEdit): StoredSecret {
    const secret = this.#secrets.get(id);
    if (!secret) throw new Error(`The emulator has no secret ${id} to edit.`);
    const { description, metadata, ...rest } = {
      ...secret,
      version: secret.version + 1,
      updated_at: this.#after(secret.zone_id, secret.updated_at),
      ...structuredClone(changes),
      id,
    };
    return this.#keep({
      ...rest,
      ...(description ? { description } : {}),
      ...(metadata ? { metadata } : {}),
    });
  }

  #keep(secret: Omit<StoredSecret, "data"> & { data: SecretData | OtherData }): StoredSecret {
    // Only tests plant data of another type.
    const kept = secret as StoredSecret;
    const before = this.#secrets.get(kept.id);
    if (!before || valueOf(before) !== valueOf(kept)) this.#valueChangedAt.set(kept.id, kept.updated_at);
    this.#secrets.set(kept.id, kept);
    return kept;
  }

  #refuseTakenName(zoneId: string, entityId: string, name: string): void {
    const { uniqueNames, nameFreedAfterMs } = this.switchesOf(zoneId);
    if (!uniqueNames) return;
    const freedAt = (this.#usedUntil.get(nameKey(zoneId, entityId, name)) ?? -Infinity) + nameFreedAfterMs;
    if (Date.now() < freedAt || this.list(zoneId, entityId).some((secret) => secret.name === name)) {
      throw new Refusal(409, "A secret with this name already exists in the entity");
    }
  }

  #bornNow(zoneId: string) {
    const time = new Date(this.#timeIn(zoneId)).toISOString();
    return { created_at: time, updated_at: time };
  }

  /** The current time, but always later than the last one: two changes may happen in one millisecond. */
  #after(zoneId: string, time: string): string {
    return new Date(Math.max(this.#timeIn(zoneId), Date.parse(time) + 1)).toISOString();
  }

  /** The clock that sets the times of secrets. It may differ from the one of the `Date` header. */
  #timeIn(zoneId: string): number {
    return this.now() - this.switchesOf(zoneId).timesBehindMs;
  }
}

function refuseName(name: string, { names }: StoreSwitches): void {
  if (names === "any") return;
  if (name === "" || [...name].length > 255) throw new Refusal(400, "name must have 1 to 255 characters");
  if (/<\/?[a-z]/i.test(name) || /\p{Cc}/u.test(name)) {
    throw new Refusal(400, "name must not contain HTML tags or control characters");
  }
}

function valueOf({ data }: StoredSecret): string {
  return JSON.stringify(data.type === "password" ? data.password : data);
}

function nameKey(...place: string[]): string {
  return JSON.stringify(place);
}
