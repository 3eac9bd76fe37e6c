/** The methods that are proxied, with the verb that each takes (specification 2.11). */

/** Others are answered 405. No verb allows `OPTIONS` but `*`. */
export const verbs = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
  OPTIONS: '',
} as const;

export function isProxied(method: string): boolean {
  return Object.hasOwn(verbs, method);
}

export function verbOf(method: string): string {
  return Object.entries(verbs).find(([name]) => name === method)?.[1] ?? '';
}
