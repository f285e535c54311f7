/** The function with which a program announces an import. It is not in the schema, because users do not call it. */
export const ANNOUNCE_IMPORT = "keycard-secrets:index:announceImport";

/** What a program announces about a secret that it is about to import. */
export interface AnnouncedImport {
  /** The option `import`. */
  id: string;
  /** The declared value, if it is declared by reference. */
  data: unknown;
}
