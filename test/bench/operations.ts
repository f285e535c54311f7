import { changedOf, entitiesOf } from "./contenders/declared";

/** The measured operations, in the order on each stack. */
export const OPERATIONS = ["create", "unchanged", "preview", "update", "refresh", "destroy"] as const;

/** One of {@link OPERATIONS}. */
export type Operation = (typeof OPERATIONS)[number];

/** The number of requests by kind: tokens, and each call of the secrets API. */
export type Requests = Partial<Record<RequestKind, number>>;

/** One kind of request to Keycard; `list` is a listing, `get` the read of one secret. */
export type RequestKind = "token" | "post" | "get" | "list" | "patch" | "delete";

const UP = ["up", "--yes", "--skip-preview"];

const STEPS: Record<Operation, { args: string[]; revision: number; minimum: (secrets: number) => Requests }> =
  {
    // A listing shows what an interrupted run has created.
    create: {
      args: UP,
      revision: 1,
      minimum: (secrets) => ({ token: 1, list: entitiesOf(secrets), post: secrets }),
    },
    unchanged: { args: UP, revision: 1, minimum: () => ({}) },
    preview: { args: ["preview"], revision: 1, minimum: () => ({}) },
    update: { args: UP, revision: 2, minimum: (secrets) => ({ token: 1, patch: changedOf(secrets) }) },
    // A listing shows each version, and so that no value has changed; what the update changed has a version at which its value
    // is not known yet.
    refresh: {
      args: ["refresh", "--yes", "--skip-preview"],
      revision: 2,
      minimum: (secrets) => ({ token: 1, list: entitiesOf(secrets), get: changedOf(secrets) }),
    },
    destroy: {
      args: ["destroy", "--yes", "--skip-preview"],
      revision: 2,
      minimum: (secrets) => ({ token: 1, delete: secrets }),
    },
  };

/** The arguments of the CLI. */
export function argumentsOf(operation: Operation): string[] {
  return [...STEPS[operation].args, "--non-interactive", "--color", "never"];
}

/** The revision that the program declares; see `declaredSecrets`. */
export function revisionOf(operation: Operation): number {
  return STEPS[operation].revision;
}

/** The minimum number of requests of an operation. */
export function minimumRequests(operation: Operation, secrets: number): Requests {
  return STEPS[operation].minimum(secrets);
}

/** All requests together. */
export function total(requests: Requests): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}
