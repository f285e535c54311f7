import type * as http from "node:http";
import type * as https from "node:https";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { Passage } from "./passage";

/**
 * Removes the functions that axios keeps for redirects, which are not followed. A connection keeps the options of its first
 * request as long as it is open, and these functions know the body.
 */
const WITHOUT_REDIRECTS = { beforeRedirect: undefined, beforeRedirects: undefined };

/** Sends one request for axios, and notes its progress. Axios would copy a transport that is not an instance of a class. */
export class FollowedTransport {
  constructor(
    private readonly transport: typeof http | typeof https,
    private readonly passage: Passage,
  ) {}

  request(options: RequestOptions, answered: (response: IncomingMessage) => void): ClientRequest {
    const { passage } = this;
    passage.request = this.transport.request(
      Object.assign(options, WITHOUT_REDIRECTS, { passage }),
      (response: IncomingMessage) => {
        passage.status = response.statusCode;
        answered(response);
      },
    );
    return passage.request;
  }
}
