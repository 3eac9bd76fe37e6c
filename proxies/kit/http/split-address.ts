/** Where something listens, as a flag says it. */

/**
 * @example splitAddress('[::1]:10249') // { host: '::1', port: 10249 }
 * @throws Error where it is none
 */
export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain = '', digits] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(address) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) throw new Error(`${address}: must be IP:port`);
  return { host: bracketed ?? plain, port };
}
