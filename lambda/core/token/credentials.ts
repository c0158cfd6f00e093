/** The client's id and secret, as Procurios hands them out and the secret stores them: `{"clientId", "clientSecret"}`. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}
