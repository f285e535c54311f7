/** The function by which a program announces an import. The schema does not have it, because no program calls it by itself. */
export const ANNOUNCE_IMPORT = "keycard-secrets:index:announceImport";

/** What a program tells of a secret that it is about to import. */
export interface AnnouncedImport {
  /** The option `import`. */
  id: string;
  /** How the program declares the value, if that is by reference. */
  data: unknown;
}
