import type { FastifyInstance } from "fastify";
import { listAnswer, type ListQuery } from "./list-answer";
import { Refusal } from "./refusal";
import { createSchema, listSchema, patchSchema, singleSchema } from "./request-schemas";
import type { SecretStore } from "./secret-store";
import type { Switches } from "./switches";
import { bearerToken, type Tokens } from "./tokens";
import { withData, withoutData, type NewSecret, type SecretPatch } from "./wire";

interface ZonePath {
  zoneId: string;
}

interface SecretPath extends ZonePath {
  id: string;
}

/** What the routes of the secrets work on. */
export interface SecretRoutesContext {
  store: SecretStore;
  tokens: Tokens;
  switches: Switches;
  /** The zones there are; any, if undefined. */
  zones: ReadonlySet<string> | undefined;
}

let sharedCompiler: FastifyInstance["validatorCompiler"];

/** Adds the five calls of the secrets API. */
export function addSecretRoutes(app: FastifyInstance, context: SecretRoutesContext): void {
  const { store, tokens, switches, zones } = context;

  // Compiling the schemas is most of a start. The compiler of the first emulator knows them already.
  if (sharedCompiler) app.setValidatorCompiler(sharedCompiler);
  app.addHook("onReady", (done) => {
    sharedCompiler ??= app.validatorCompiler;
    done();
  });

  app.addHook<{ Params: ZonePath }>("preValidation", (request, _reply, done) => {
    if (!tokens.isValid(bearerToken(request.headers.authorization))) {
      throw new Refusal(401, "The access token is missing, unknown or expired");
    }
    if (zones && !zones.has(request.params.zoneId)) throw new Refusal(404, "Zone not found");
    done();
  });

  app.post<{ Params: ZonePath; Body: NewSecret }>(
    "/zones/:zoneId/secrets",
    { schema: createSchema },
    ({ params, body }, reply) =>
      reply.status(201).send(withoutData(store.create(params.zoneId, body), switches.clearedAs)),
  );

  app.get<{ Params: ZonePath; Querystring: ListQuery }>(
    "/zones/:zoneId/secrets",
    { schema: listSchema },
    ({ params, query }, reply) =>
      reply.send(listAnswer(store.list(params.zoneId, query.entity_id, query.type), query, switches)),
  );

  app.get<{ Params: SecretPath }>(
    "/zones/:zoneId/secrets/:id",
    { schema: singleSchema },
    ({ params }, reply) => {
      if (switches.readValues === "forbidden") throw new Refusal(403, "Reading values is not allowed");
      return reply.send(withData(store.find(params.zoneId, params.id), switches.clearedAs));
    },
  );

  app.patch<{ Params: SecretPath; Body: SecretPatch }>(
    "/zones/:zoneId/secrets/:id",
    { schema: patchSchema },
    ({ params, body }, reply) =>
      reply.send(withoutData(store.patch(params.zoneId, params.id, body), switches.clearedAs)),
  );

  app.delete<{ Params: SecretPath }>(
    "/zones/:zoneId/secrets/:id",
    { schema: singleSchema },
    ({ params }, reply) => {
      store.remove(params.zoneId, params.id);
      return reply.status(204).send();
    },
  );
}
