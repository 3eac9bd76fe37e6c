/** What a handler is called with, and what it gives back. */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import type { Authenticator } from '../authentication.ts';
import type { Authorizer } from '../authorization.ts';
import type { Exchange } from '../exchange.ts';
import type { RoleIndex } from '../rbac/role-index.ts';
import type { ApiStore } from '../registry.ts';
import type { Resource } from '../resource.ts';
import type { ApiSettings } from '../settings.ts';
import type { JsonText } from '../../../proxies/kit/apiserver/respond.ts';
import type { ServiceAccountTokens } from '../tokens/service-account-tokens.ts';

/** A request for a resource that exists, from a user who may make it. */
export interface Call extends Exchange {
  readonly resource: Resource;
  readonly store: ApiStore;
  readonly settings: ApiSettings;
  readonly authorizer: Authorizer;
  /** Absent where nobody asks who a token belongs to, as in tests of the handlers. */
  readonly authenticator?: Authenticator;
  /** The rules of a stored role. */
  readonly rulesOfRole?: RoleIndex['rulesOfRole'];
  /** Absent where there is no key for tokens. */
  readonly serviceAccounts?: ServiceAccountTokens | undefined;
}

/** An answer to write; `null` where the handler has written its own, such as a watch. */
export type Reply = {
  readonly status: number;
  readonly body: JsonObject | JsonText;
  readonly headers?: Readonly<Record<string, string>>;
} | null;
