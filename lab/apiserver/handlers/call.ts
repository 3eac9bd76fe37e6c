/** What a handler is called with, and what it gives back. */
import type { JsonObject } from '../api-object.ts';
import type { Authorizer } from '../authorization.ts';
import type { Exchange } from '../exchange.ts';
import type { ApiStore } from '../registry.ts';
import type { Resource } from '../resource.ts';
import type { JsonText } from '../respond.ts';

/** A request for a resource that exists, from a user who may make it. */
export interface Call extends Exchange {
  readonly resource: Resource;
  readonly store: ApiStore;
  readonly authorizer: Authorizer;
}

/** An answer to write; `null` where the handler has written its own, such as a watch. */
export type Reply = {
  readonly status: number;
  readonly body: JsonObject | JsonText;
  readonly headers?: Readonly<Record<string, string>>;
} | null;
