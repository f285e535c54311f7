import { redactBody } from "./redact-body";
import type { LoggedRequest } from "./request-log";

/** Formats a request in one line, without secrets: `PATCH /zones/z1/secrets/s1 200 {"name":"new"}`. */
export function requestLine({ method, path, query, status, body, fault }: LoggedRequest): string {
  const pairs = Object.entries(query).map(([key, value]) => `${key}=${String(value)}`);
  return [
    method,
    pairs.length > 0 ? `${path}?${pairs.join("&")}` : path,
    String(status),
    ...(body === undefined ? [] : [JSON.stringify(redactBody(body))]),
    ...(fault === undefined ? [] : [`(fault: ${Object.keys(fault).join(", ")})`]),
  ].join(" ");
}
