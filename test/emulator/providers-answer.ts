import { createHash } from "node:crypto";
import type { Switches } from "./switches";

const VAULTS: Record<Switches["vaults"], number> = { one: 1, several: 2, none: 0, "none-refusing": 0 };
const TIME = "2026-01-01T00:00:00.000Z";

/** Lists the credential providers of a zone, in the form of keycard-ts (`resources/zones/providers.ts`): only its vaults. */
export function providersAnswer(zoneId: string, type: string | undefined, { vaults }: Switches) {
  const count = type === undefined || type === "keycard-vault" ? VAULTS[vaults] : 0;
  return {
    items: Array.from({ length: count }, (_, index) => {
      const slug = index === 0 ? "keycard-vault" : `keycard-vault-${index + 1}`;
      return {
        id: idOf(`${zoneId}/${slug}`),
        zone_id: zoneId,
        organization_id: idOf("organization"),
        identifier: `urn:${slug}`,
        name: "Keycard Vault",
        slug,
        type: "keycard-vault",
        owner_type: index === 0 ? "platform" : "customer",
        created_at: TIME,
        updated_at: TIME,
      };
    }),
    page_info: { has_next_page: false, has_previous_page: false },
    pagination: { after_cursor: null, before_cursor: null },
  };
}

/** An ID in Keycard's form that is always the same for one name. */
function idOf(name: string): string {
  const digits = BigInt(`0x${createHash("sha256").update(name).digest("hex")}`).toString(36);
  return digits.padStart(26, "0").slice(0, 26);
}
