import type { FastifyInstance, FastifyRequest } from "fastify";
import { Refusal } from "./refusal";
import { TOKEN_PATH, type RequestLog } from "./request-log";
import type { Switches } from "./switches";
import type { Tokens } from "./tokens";

/** Valid credentials of an organisation without any of the zones. */
export const OTHER_ORGANISATION = { clientId: "other-client", clientSecret: "other-client-secret" };

/** The parts that the token endpoint uses. */
export interface TokenRouteContext {
  tokens: Tokens;
  switches: Switches;
  log: RequestLog;
  clientId: string;
  clientSecret: string;
}

/**
 * Adds `POST /service-account-token` (OAuth 2.0 client credentials). As Keycard's SDK documents it,
 * credentials in both the header and the form are rejected with 400.
 */
export function addTokenRoute(app: FastifyInstance, context: TokenRouteContext): void {
  const { tokens, switches, log } = context;

  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(body.toString())));
    },
  );

  app.post<{ Body: Record<string, string> | undefined }>(TOKEN_PATH, (request, reply) => {
    if (request.body?.["grant_type"] !== "client_credentials") {
      throw new Refusal(400, "grant_type must be client_credentials");
    }
    const isForeign = hasCredentials(request, request.body, { ...context, ...OTHER_ORGANISATION });
    if (!isForeign && !hasCredentials(request, request.body, context)) {
      reply.header("www-authenticate", 'Basic realm="keycard"');
      throw new Refusal(401, "The client credentials are missing or wrong");
    }
    const fault = log.of(request)?.fault;
    const expiresIn = fault && "shortLivedToken" in fault ? fault.shortLivedToken : switches.tokenExpiresIn;
    return reply.header("cache-control", "no-store").send({
      access_token: tokens.issue(expiresIn === "omitted" ? 3600 : expiresIn, isForeign),
      token_type: "Bearer",
      ...(expiresIn === "omitted" ? {} : { expires_in: expiresIn }),
    });
  });
}

function hasCredentials(
  { headers }: FastifyRequest,
  form: Record<string, string>,
  { switches, clientId, clientSecret }: TokenRouteContext,
): boolean {
  const basic = /^Basic +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  const inForm = form["client_id"] !== undefined || form["client_secret"] !== undefined;
  if (basic !== undefined && inForm) throw new Refusal(400, "Credentials must not be sent in two places");
  if (basic !== undefined) {
    const sent = Buffer.from(basic, "base64").toString("utf8");
    // RFC 6749 requires both parts to be form-encoded first, which few clients do.
    const accepted = [clientId, clientSecret].map((part) => [part, formEncoded(part)]);
    const right = accepted[0]?.some((id) => accepted[1]?.some((secret) => sent === `${id}:${secret}`));
    return switches.tokenAuth !== "form" && right === true;
  }
  const right = form["client_id"] === clientId && form["client_secret"] === clientSecret;
  return switches.tokenAuth !== "basic" && right;
}

function formEncoded(text: string): string {
  return new URLSearchParams({ text }).toString().slice("text=".length);
}
