/** What is measured, of whom, and in which unit. */

/** `none`: the client is routed to the upstream, and nobody balances. */
export const contenders = [
  'none',
  'nftables',
  'userspace',
  'nginx',
  'haproxy',
  'haproxy-splice',
] as const;
export type Contender = (typeof contenders)[number];

export type FigureName =
  | 'connections/s'
  | 'CPU ms per 100k connections'
  | 'CPU ms per 100k connections, all'
  | 'requests/s'
  | 'CPU ms per 100k requests'
  | 'CPU ms per 100k requests, all'
  | 'p50 µs'
  | 'p99 µs'
  | 'MB/s'
  | 'requests/s, TLS'
  | 'p50 µs, TLS'
  | 'p99 µs, TLS'
  | 'MB/s, TLS'
  | 'bytes per idle connection'
  | 'kernel bytes per idle connection'
  | 'MB with idle connections';

/** One value, of one round. */
export interface Sample {
  readonly round: number;
  readonly contender: Contender;
  readonly figure: FigureName;
  readonly value: number;
}
