import type { DeclaredSecret } from "../declared";

const createdAt = "2026-01-01T00:00:00.000Z";
const known = { type: "token", version: 1, createdAt, updatedAt: createdAt };

let created = 0;

/** Answers the engine with what a provider of secrets would, and does nothing. It loads nothing. */
export const provider = {
  check: (_olds: unknown, inputs: DeclaredSecret) => Promise.resolve({ inputs, failures: [] }),
  // The engine compares by itself.
  diff: () => Promise.resolve({}),
  create: (inputs: DeclaredSecret) =>
    Promise.resolve({ id: `sec_${String(++created).padStart(18, "0")}`, outs: { ...inputs, ...known } }),
  read: (id: string, props: DeclaredSecret & typeof known) => {
    const { type, version, createdAt, updatedAt, ...inputs } = props;
    return Promise.resolve({ id, props: { ...inputs, type, version, createdAt, updatedAt }, inputs });
  },
  update: (_id: string, _olds: unknown, news: DeclaredSecret) =>
    Promise.resolve({ outs: { ...news, ...known } }),
  delete: () => Promise.resolve(),
};
