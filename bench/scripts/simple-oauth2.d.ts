declare module 'simple-oauth2' {
  export class ClientCredentials {
    constructor(config: {
      readonly client: { readonly id: string; readonly secret: string };
      readonly auth: { readonly tokenHost: string; readonly tokenPath: string };
      readonly options: { readonly authorizationMethod: 'header' | 'body' };
    });
    getToken(parameters: { readonly scope: string }): Promise<{ readonly token: Record<string, unknown> }>;
  }
}
