/** Returns arguments or a state without the loader text, which the SDK itself adds to every result. */
export function withoutLoader<T extends object>(props: T & { __provider?: string }): T {
  const own = { ...props };
  delete own.__provider;
  return own;
}
