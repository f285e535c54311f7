/** A form that is equal for names that a service may treat as the same: without letter case, extra white space and Unicode variants. */
export function looseForm(name: string): string {
  return name.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
}
