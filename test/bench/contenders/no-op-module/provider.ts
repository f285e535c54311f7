import type { DeclaredSecret } from "../declared";

const KEYCARDS = {
  type: "token",
  version: 1,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
};

type State = DeclaredSecret & typeof KEYCARDS;

let created = 0;

/** Answers the engine with what a provider of secrets would, and does nothing. It loads nothing. */
export const provider = {
  check: (_olds: unknown, inputs: DeclaredSecret) => Promise.resolve({ inputs, failures: [] }),

  // The engine compares by itself.
  diff: () => Promise.resolve({}),

  create: (inputs: DeclaredSecret) =>
    Promise.resolve({
      id: `sec_${String(++created).padStart(18, "0")}`,
      outs: { ...inputs, ...KEYCARDS },
    }),

  read: (id: string, props: State) => {
    const { type, version, createdAt, updatedAt, ...inputs } = props;
    return Promise.resolve({ id, props: { ...inputs, type, version, createdAt, updatedAt }, inputs });
  },

  update: (_id: string, _olds: State, news: DeclaredSecret) =>
    Promise.resolve({ outs: { ...news, ...KEYCARDS } }),

  delete: () => Promise.resolve(),
};
