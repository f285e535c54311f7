import assert from "node:assert/strict";
import { type IncomingHttpHeaders, type RequestListener, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { type ClientOptions, KeycardClient } from "../../provider/keycard/client";
import { type Call, type KeycardError, failureOf } from "../../provider/keycard/http/errors";
import { type ExchangeOptions, Exchange } from "../../provider/keycard/http/request";
import { CallTime } from "../../provider/keycard/http/time";
import type { Keycard } from "../emulator";

/** Limits that no fast call reaches. */
export const LIMITS = { attemptMs: 5_000, totalMs: 20_000 };

/** A client of an emulator. By default it uses the emulator's valid token. */
export function clientOf(keycard: Keycard, options: Partial<ClientOptions> = {}): KeycardClient {
  return new KeycardClient({
    endpoint: keycard.url,
    credentials: { source: "the test's token", accessToken: keycard.accessToken },
    userAgent: "pulumi-keycard/1.2.3",
    limits: LIMITS,
    concurrency: 8,
    ...options,
  });
}

/** A create, for tests in which only the connection matters. */
export const CREATE: Call = {
  action: "create the secret",
  method: "POST",
  path: "/zones/z1/secrets",
  body: {},
  requestId: "11111111-2222-4333-8444-555555555555",
  attempt: 1,
  hidden: [],
};

/** The credentials that an emulator accepts for a token. */
export function accountOf({ clientId, clientSecret }: Keycard) {
  return { source: "the test's account", clientId, clientSecret };
}

/** An exchange with a server that waits for as long as a test needs. */
export function exchangeWith(endpoint: string, options: Partial<ExchangeOptions> = {}): Exchange {
  return new Exchange({
    endpoint,
    endpointFrom: "KEYCARD_ENDPOINT",
    userAgent: "test/1",
    concurrency: 4,
    ...options,
  });
}

/** The time of a call whose attempts may each take this many milliseconds. */
export function timeOf(attemptMs: number, totalMs = LIMITS.totalMs): CallTime {
  return new CallTime({ attemptMs, totalMs });
}

/** The error of a call that has to fail with one of our own errors. */
export async function errorOf(call: Promise<unknown>): Promise<KeycardError> {
  const error = await call.then(
    () => assert.fail("it succeeded"),
    (reason: unknown) => reason,
  );
  if (failureOf(error) === undefined) throw error;
  return error as KeycardError;
}

/** A simple server for what the emulator does not simulate. */
export interface PlainServer {
  url: string;
  requests: { method: string; path: string; headers: IncomingHttpHeaders }[];
  close(): Promise<void>;
}

/** Starts such a server. It answers each request with the result of `answer`. */
export async function startPlainServer(answer: RequestListener): Promise<PlainServer> {
  const requests: PlainServer["requests"] = [];
  const server = createServer((request, response) => {
    requests.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The forms in which a service, a proxy or a log may repeat a value. */
export function formsOf(value: string): string[] {
  const base64 = Buffer.from(value).toString("base64");
  return [
    value,
    encodeURIComponent(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    base64,
    base64.replace(/=+$/, ""),
    Buffer.from(value).toString("base64url"),
    Buffer.from(value).toString("hex"),
    JSON.stringify(value),
    JSON.stringify(value).slice(1, -1),
    JSON.stringify({ value }).replace(
      /[^\0-~]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  ];
}

/** Searches all visible parts of an error for values in every form. */
export function assertShowsNone(error: Error, values: readonly string[]): void {
  const shown = [
    error.message,
    error.stack ?? "",
    JSON.stringify(error),
    inspect(error, { depth: Infinity, showHidden: true, maxStringLength: Infinity }),
  ];
  for (const form of values.flatMap(formsOf)) {
    // Printing escapes backslashes and quotes once more.
    const forms = [form, JSON.stringify(form).slice(1, -1)];
    assert.ok(
      !shown.some((text) => forms.some((each) => text.includes(each))),
      `${shown.join("\n")} shows ${form}`,
    );
  }
}
