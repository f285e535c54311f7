import axios, { type AxiosResponse } from "axios";
import { startKeycard, type Keycard, type KeycardOptions, type Switches } from "../emulator";

/** The path of the secrets of a zone. */
export const SECRETS = "/zones/z1/secrets";
/** The path that issues tokens. */
export const TOKEN = "/service-account-token";
/** The body of a POST that is accepted. */
export const body = { name: "n", entity_id: "e1", data: { type: "token", token: "t" } };
/** Data of the other type. */
export const password = { type: "password", username: "u", password: "p" };
/** A request for a token, without its credentials. */
export const form = { grant_type: "client_credentials" };

/** The emulator of the running test, after it was started. */
export let keycard: Keycard;

/** Ends the emulator after each test of a `describe`. The tests start it, each with its own options. */
export function useEmulator(): void {
  afterEach(() => keycard.close());
}

/** Starts the emulator of a test. */
export async function start(options: KeycardOptions = {}) {
  keycard = await startKeycard({ ids: "sequential", ...options });
  return keycard;
}

/** Sends one request with the static token. */
export function send(method: string, path: string, data?: unknown, headers: Record<string, string> = {}) {
  return axios.request<unknown>({
    method,
    url: keycard.url + path,
    data,
    headers: { authorization: `Bearer ${keycard.accessToken}`, ...headers },
    validateStatus: () => true,
    maxRedirects: 0,
    timeout: 1500,
  });
}

/** Sends one request, and returns status and body. */
export async function answers(
  method: string,
  path: string,
  data?: unknown,
  headers: Record<string, string> = {},
) {
  const { status, data: answer } = await send(method, path, data, headers);
  return [status, answer] as const;
}

/** Sends one request, and returns its status. */
export async function status(
  method: string,
  path: string,
  data?: unknown,
  headers: Record<string, string> = {},
) {
  return (await send(method, path, data, headers)).status;
}

/** Requests a token with a form, with or without credentials in the header. */
export function askToken(params: Record<string, string>, basic?: { username: string; password: string }) {
  return axios.post<Record<string, unknown>>(keycard.url + TOKEN, new URLSearchParams(params), {
    validateStatus: () => true,
    ...(basic ? { auth: basic } : {}),
  });
}

/** The credentials that the emulator accepts, as fields of a form. */
export const credentials = () => ({ client_id: keycard.clientId, client_secret: keycard.clientSecret });

/** Lists the secrets with a token, and returns the status. */
export async function useToken(token: unknown) {
  return status("GET", SECRETS, undefined, { authorization: `Bearer ${String(token)}` });
}

/** Plants a secret with a description and metadata, patches it, and returns its new state. */
export async function patched(switches: Partial<Switches>, patch: unknown, metadata: object = { a: 1 }) {
  await start({ switches });
  keycard.put({ id: "s", zone_id: "z1", description: "old", metadata: { ...metadata } });
  const code = await status("PATCH", `${SECRETS}/s`, patch);
  const secret = keycard.secret("s");
  return { code, description: secret?.description, metadata: secret?.metadata, version: secret?.version };
}

/** The error code of a failed call. */
export async function failure(call: Promise<AxiosResponse>): Promise<string | undefined> {
  return call.then(
    () => "answered",
    (error: unknown) => (axios.isAxiosError(error) ? error.code : String(error)),
  );
}
