/** Namespaces and the objects that every namespace is given. */
import type { KubeObject } from '../../../proxies/kit/api/api-client.ts';
import type { Condition } from './meta.ts';

export interface Namespace extends KubeObject {
  readonly spec?: { readonly finalizers?: readonly string[] };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}
