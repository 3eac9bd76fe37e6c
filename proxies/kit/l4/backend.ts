/** Where connections and datagrams are sent. */

export interface L4Backend {
  /** An IP address, without brackets. */
  readonly address: string;
  readonly port: number;
}

export function isSameBackend(one: L4Backend, other: L4Backend): boolean {
  return one.port === other.port && one.address === other.address;
}
