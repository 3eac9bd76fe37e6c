/** Where connections and datagrams are sent. */

export interface L4Backend {
  /** An IP address, without brackets. */
  readonly address: string;
  readonly port: number;
}
