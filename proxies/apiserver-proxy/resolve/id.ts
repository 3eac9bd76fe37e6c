/** The name in a path that ends in `/proxy`: `[scheme:]name[:port]` (specification 2.2). */

export interface ProxyId {
  /** Empty: not said. */
  readonly scheme: '' | 'http' | 'https';
  readonly name: string;
  /** As it stands there; empty: not said. What it may be depends on what is named. */
  readonly port: string;
}

/**
 * Reads an id; null where it is none. Two parts are always name and port, whatever the first is called.
 *
 * @example parseId('https:web:443') // { scheme: 'https', name: 'web', port: '443' }
 * @example parseId('https:web') // { scheme: '', name: 'https', port: 'web' }
 */
export function parseId(id: string): ProxyId | null {
  const parts = id.split(':');
  const [scheme, name, port] =
    parts.length === 3 ? parts : parts.length < 3 ? ['', ...parts, ''] : [];
  if (scheme !== '' && scheme !== 'http' && scheme !== 'https') return null;
  if (parts.length === 3 && scheme === '') return null;
  if (name === undefined || name === '' || port === undefined) return null;
  return { scheme, name, port };
}
