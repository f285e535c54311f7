/** What names have in common that differ only in what a service may normalise: letter case, white space, Unicode forms. */
export function looseForm(name: string): string {
  return name.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
}
