import type { FastifyInstance } from "fastify";
import type { LatePlaces } from "./late-places";
import { listAnswer, type ListQuery } from "./list-answer";
import { Refusal } from "./refusal";
import { providersAnswer } from "./providers-answer";
import { createSchema, listSchema, patchSchema, singleSchema, withKnownFields } from "./request-schemas";
import type { SecretStore } from "./secret-store";
import type { Switches } from "./switches";
import { bearerToken, type Tokens } from "./tokens";
import { withData, withoutData, type NewSecret, type SecretPatch, type StoredSecret } from "./wire";

interface ZonePath {
  zoneId: string;
}

interface SecretPath extends ZonePath {
  id: string;
}

/** The parts that the routes of the secrets use. */
export interface SecretRoutesContext {
  store: SecretStore;
  tokens: Tokens;
  switches: Switches;
  /** The existing zones; any, if undefined. */
  zones: ReadonlySet<string> | undefined;
  /** The existing entities; any, if undefined. */
  entities: ReadonlySet<string> | undefined;
  latePlaces: LatePlaces;
}

let sharedCompiler: FastifyInstance["validatorCompiler"];

/** Adds the five calls of the secrets API, and the listing of the credential providers that they depend on. */
export function addSecretRoutes(app: FastifyInstance, context: SecretRoutesContext): void {
  const { store, tokens, switches, zones, entities, latePlaces } = context;
  const refuseUnseen = (id: string, lagMs: number) => {
    if (!store.isOlderThan(id, lagMs)) throw new Refusal(404, "Secret not found");
  };

  // Compiling the schemas takes most of the start, so all emulators share one compiler.
  if (sharedCompiler) app.setValidatorCompiler(sharedCompiler);
  app.addHook("onReady", (done) => {
    sharedCompiler ??= app.validatorCompiler;
    done();
  });

  app.addHook<{ Params: ZonePath }>("preValidation", (request, _reply, done) => {
    const token = bearerToken(request.headers.authorization);
    if (!tokens.isValid(token)) throw new Refusal(401, "The access token is missing, unknown or expired");
    const { zoneId } = request.params;
    // Another organisation does not even learn that a zone exists.
    if (tokens.isForeign(token) || (zones && !zones.has(zoneId))) throw new Refusal(404, "Zone not found");
    latePlaces.refuseMissing({ zoneId }, switches.notFoundCacheMs);
    if (switches.unknownFields === "dropped") request.body = withKnownFields(request.method, request.body);
    done();
  });

  app.post<{ Params: ZonePath; Body: NewSecret }>(
    "/zones/:zoneId/secrets",
    { schema: createSchema },
    ({ params, body }, reply) => {
      if (entities && !entities.has(body.entity_id)) throw new Refusal(404, "Entity not found");
      latePlaces.refuseMissing({ entityId: body.entity_id }, switches.notFoundCacheMs);
      if (switches.vaults === "none-refusing") {
        throw new Refusal(400, "The zone has no credential provider of the type keycard-vault");
      }
      return reply.status(201).send(answerTo(body, store.create(params.zoneId, body), switches));
    },
  );

  app.get<{ Params: ZonePath; Querystring: ListQuery }>(
    "/zones/:zoneId/secrets",
    { schema: listSchema },
    ({ params, query }, reply) => {
      const secrets = store.list(params.zoneId, query.entity_id, query.type);
      const listed = secrets.filter(({ id }) => store.isOlderThan(id, switches.listLagMs));
      return reply.send(listAnswer(listed, query, switches));
    },
  );

  app.get<{ Params: SecretPath }>(
    "/zones/:zoneId/secrets/:id",
    { schema: singleSchema },
    ({ params }, reply) => {
      if (switches.readValues === "forbidden") throw new Refusal(403, "Reading values is not allowed");
      refuseUnseen(params.id, switches.readLagMs);
      return reply.send(withData(store.find(params.zoneId, params.id), switches.clearedAs));
    },
  );

  app.get<{ Params: ZonePath; Querystring: { type?: string } }>("/zones/:zoneId/providers", (request) =>
    providersAnswer(request.params.zoneId, request.query.type, switches),
  );

  app.patch<{ Params: SecretPath; Body: SecretPatch }>(
    "/zones/:zoneId/secrets/:id",
    { schema: patchSchema },
    ({ params, body }, reply) => {
      refuseUnseen(params.id, switches.writeLagMs);
      return reply.send(answerTo(body, store.patch(params.zoneId, params.id, body), switches));
    },
  );

  app.delete<{ Params: SecretPath }>(
    "/zones/:zoneId/secrets/:id",
    { schema: singleSchema },
    ({ params }, reply) => {
      refuseUnseen(params.id, switches.writeLagMs);
      store.remove(params.zoneId, params.id);
      return reply.status(204).send();
    },
  );
}

/** The answer to a POST or a PATCH: what is stored, or what was sent. */
function answerTo(
  { name, description, metadata }: SecretPatch,
  secret: StoredSecret,
  { clearedAs, answersTo }: Switches,
): Record<string, unknown> {
  const answer = withoutData(secret, clearedAs);
  if (answersTo === "kept") return answer;
  return {
    ...answer,
    ...(name !== undefined && { name }),
    ...(description && { description }),
    ...(metadata && Object.keys(metadata).length > 0 && { metadata }),
  };
}
