/** The addresses of a range of Services. */

/**
 * The first address of a range: that of the `kubernetes` Service.
 *
 * @example firstAddress('10.96.0.0/16') // '10.96.0.1'
 */
export function firstAddress(range: string): string {
  const [network = ''] = range.split('/');
  if (network.includes(':')) return network.replace(/:[0-9a-f]*$/i, ':1');
  const octets = network.split('.').map(Number);
  return octets.map((octet, index) => (index === 3 ? octet + 1 : octet)).join('.');
}
