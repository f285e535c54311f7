import type { FaultKind, Sent } from "../../emulator";
import { AWKWARD, escapedForms, repeatedForms } from "./planted";

/** Returns a text that repeats what was sent, and more. */
export type Repeat = (sent: Sent) => string;

/** A way in which a call can fail permanently. */
export interface Kind {
  fault: (repeat: Repeat) => FaultKind;
  /** The error message, from the path on. */
  says: RegExp;
  /** The methods that succeed in spite of the failure. */
  fine?: string[];
}

/** An answer that rejects the request, and repeats values in its message and its code. */
export const refusal = (status: number, fine: string[] = []): Kind => ({
  fault: (repeat) => ({
    status,
    body: (sent: Sent) => ({ message: repeat(sent), code: repeat(sent), status }),
  }),
  says: new RegExp(`answered ${status}, saying ".*\\[redacted\\]`),
  fine,
});

/** An answer in an undocumented form that repeats values. */
export const success = (body: (text: string) => unknown, says: RegExp): Kind => ({
  fault: (repeat) => ({ status: 200, body: (sent: Sent) => body(repeat(sent)) }),
  says,
});

/** Every way in which a call can fail permanently, except a rate limit, which would hold back all other calls. */
export const KINDS: Record<string, Kind> = {
  "a 400": refusal(400),
  "a 401": refusal(401),
  "a 403": refusal(403),
  "a 404": {
    ...refusal(404, ["GET", "DELETE"]),
    // A secret that is still in the listing was not deleted.
    says: /answered 404(, saying ".*\[redacted\]|, but the listing of zone \S+ still has the secret)/,
  },
  "a 409": {
    ...refusal(409),
    says: /answered 409, saying ".*\[redacted\]|already has a secret with the name/,
  },
  "a 422": refusal(422),
  "a 500 that stays": refusal(500),
  "a 503 that stays": refusal(503),
  "a page with status 502": {
    fault: (repeat) => ({ status: 502, body: (sent: Sent) => `<html><p>${repeat(sent)}</p></html>` }),
    says: /answered 502 \(/,
  },
  "a page with status 200": success(
    (text) => `<html><p>${text}</p></html>`,
    /answered 200 with a body that is not JSON/,
  ),
  "half an answer": success(
    (text) => JSON.stringify({ id: "sec_0", data: text }).slice(0, -1),
    /answered 200 with a body that is not JSON/,
  ),
  "foreign JSON": {
    ...success(
      (text) => ({ kind: text, [text]: [{ message: text }] }),
      /answered 200 with an unexpected response body/,
    ),
    fine: ["DELETE"],
  },
  "a redirect": {
    fault: (repeat) => ({
      redirect: (sent: Sent) => `https://elsewhere.test/?v=${encodeURIComponent(repeat(sent))}`,
      status: 302,
    }),
    says: /answered 302 \(/,
  },
  "a time-out": {
    // Longer than the search for a create without an answer.
    fault: () => ({ delayMs: 600_000 }),
    says: /timed out after .* while waiting for an answer/,
  },
  "a lost connection": { fault: () => ({ drop: "before" }), says: /got no answer from .*: ECONNRESET/ },
};

/** Repeats the given values, and the credentials of the request and of the client's account. */
export function repeater(turn: number, values: string[]): Repeat {
  return ({ headers: { authorization = "" } }) =>
    [...values, authorization, authorization.split(" ")[1] ?? "", AWKWARD.clientSecret]
      .flatMap((value, i) => {
        const forms = turn % 4 === 3 ? escapedForms(value) : repeatedForms(value);
        return [turn + i, turn + i + 5].map((number) => forms[number % forms.length]);
      })
      .join(" ");
}
