import { randomBytes } from "node:crypto";

/** The access tokens that the emulator has issued, and the static one that never expires. */
export class Tokens {
  readonly #expiry = new Map<string, number>();
  readonly #foreign = new Set<string>();

  /**
   * @param permanent - a token that is valid until it is replaced
   */
  constructor(private permanent: string) {}

  /** The token that never expires. */
  get ready(): string {
    return this.permanent;
  }

  /** Replaces the token that never expires by a new one. */
  renew(): string {
    return (this.permanent = `kc_${randomBytes(24).toString("base64url")}`);
  }

  /**
   * Issues a token.
   *
   * @param lifetimeS - seconds until it expires
   * @param isForeign - true if it belongs to another organisation
   */
  issue(lifetimeS: number, isForeign = false): string {
    const token = `kc_${randomBytes(24).toString("base64url")}`;
    this.#expiry.set(token, Date.now() + lifetimeS * 1000);
    if (isForeign) this.#foreign.add(token);
    return token;
  }

  isValid(token: string): boolean {
    if (token === this.permanent) return true;
    const expiry = this.#expiry.get(token);
    return expiry !== undefined && Date.now() < expiry;
  }

  /** True for a token of another organisation, which sees none of the zones. */
  isForeign(token: string): boolean {
    return this.#foreign.has(token);
  }

  revoke(token: string): void {
    this.#expiry.delete(token);
  }

  revokeAll(): void {
    this.#expiry.clear();
  }
}

/** The bearer token of an `Authorization` header, or `""`. */
export function bearerToken(authorization: string | undefined): string {
  return /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
}
