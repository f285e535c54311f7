/** Credentials for Keycard: an access token, or the client id and secret of a service account. */
export type Credentials = {
  /** Where they come from, for the user who has to correct them; never their values. */
  source: string;
  /** Other possible causes if they are rejected, in full sentences. */
  advice?: string;
} & ({ accessToken: string } | { clientId: string; clientSecret: string });
