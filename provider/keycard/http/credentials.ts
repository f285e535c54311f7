/** What proves to Keycard who calls: a ready token, or the credentials of a service account that one is asked for with. */
export type Credentials = {
  /** Where they came from, for the person who has to correct them; never their value. */
  source: string;
  /** What else may be the matter if they are rejected, in whole sentences. */
  advice?: string;
} & ({ accessToken: string } | { clientId: string; clientSecret: string });
