import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from "fastify";
import { playAfter, playBefore } from "./fault-player";
import type { Faults } from "./faults";
import type { RateCounter } from "./rate-limit";
import { errorBody, Refusal } from "./refusal";
import type { LoggedRequest, RequestLog } from "./request-log";
import { addSecretRoutes, type SecretRoutesContext } from "./secret-routes";
import { addTokenRoute, type TokenRouteContext } from "./token-route";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The parts of the server. */
export interface ServerContext extends SecretRoutesContext, TokenRouteContext {
  log: RequestLog;
  faults: Faults;
  /** Counts the requests while their rate is limited. */
  rate: { counter?: RateCounter | undefined };
  /** The server's clock, in milliseconds since 1970. */
  now: () => number;
  onAnswered: ((request: LoggedRequest) => void) | undefined;
}

/** Combines the routes, the log and the faults. The server does not listen yet. */
export function buildServer(context: ServerContext): FastifyInstance {
  const app = fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    // Metadata may have any keys, including `__proto__` and `constructor`.
    onProtoPoisoning: "ignore",
    onConstructorPoisoning: "ignore",
    routerOptions: { maxParamLength: 10_000 },
    // A path that cannot be decoded gets here without passing any hook.
    frameworkErrors: (error, request, reply) => {
      const entry = context.log.open(request);
      entry.status = 400;
      const body = errorBody(400, error.message, request, context.switches);
      void (reply as unknown as FastifyReply).status(400).send(body);
      context.onAnswered?.(entry);
    },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
  });
  // Keycard's Python client sends a content type with every body, including the empty one of a DELETE.
  const parseJson = app.getDefaultJsonParser("ignore", "ignore");
  void app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else void parseJson(request, body.toString(), done);
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const isMalformed = error.validationContext === "body" || error.code === "FST_ERR_CTP_INVALID_JSON_BODY";
    const status =
      error instanceof Refusal
        ? error.status
        : isMalformed
          ? context.switches.malformedBody
          : (error.statusCode ?? 500);
    return reply.status(status).send(errorBody(status, error.message, request, context.switches));
  });
  app.setNotFoundHandler((request, reply) =>
    reply.status(404).send(errorBody(404, "No such endpoint", request, context.switches)),
  );
  addHooks(app, context);
  void app.register((scope, _options, done) => (addSecretRoutes(scope, context), done()));
  void app.register((scope, _options, done) => (addTokenRoute(scope, context), done()));
  return app;
}

function addHooks(
  app: FastifyInstance,
  { log, faults, rate, tokens, switches, now, onAnswered }: ServerContext,
): void {
  app.addHook("onRequest", (request, reply, done) => {
    log.open(request);
    reply.header("date", new Date(now()).toUTCString());
    done();
  });

  // The body is known only here, and the log needs it even for a dropped request.
  app.addHook("preValidation", async (request, reply) => {
    const entry = log.of(request);
    if (!entry) return undefined;
    if (request.body !== undefined && request.body !== null) entry.body = request.body;
    const { isRefused = false, headers = {} } = rate.counter?.count() ?? {};
    reply.headers(headers);
    if (isRefused) throw new Refusal(429, "Too many requests");
    const fault = faults.hit(entry.method, entry.path, request);
    if (fault) {
      entry.fault = fault;
      const outcome = await playBefore(fault, request, reply, { tokens, switches });
      if ("drop" in fault && outcome === "over") {
        entry.status = "dropped";
        onAnswered?.(entry);
      }
      if (outcome === "over") return reply;
    }
    const requestId = request.headers["x-client-request-id"];
    if (requestId !== undefined && !UUID.test(String(requestId))) {
      throw new Refusal(400, "headers/x-client-request-id must be a UUID");
    }
    return undefined;
  });

  app.addHook("onSend", (request, reply, payload, done) => {
    const entry = log.of(request);
    const finish = (answer: { payload: unknown } | "over") => {
      if (entry) {
        const { fault } = entry;
        const isDropped = fault && (answer === "over" ? "drop" in fault : "lateWorkMs" in fault);
        entry.status = isDropped ? "dropped" : reply.statusCode;
        onAnswered?.(entry);
      }
      // Without `done`, fastify leaves the answer to the fault that has written it.
      if (answer !== "over") done(null, answer.payload);
    };
    if (!entry?.fault) finish({ payload });
    else
      playAfter(entry.fault, reply, typeof payload === "string" ? payload : "", switches).then(finish, done);
  });
}
