/** What a connection asks of the dataplane that it belongs to. */
import type { Meter } from '../../kit/l4/relay.ts';
import type { Wire, WireEvents } from '../../kit/l4/wire.ts';
import type { Backend } from '../backend.ts';
import type { Connection } from './connection.ts';

export interface Desk {
  readonly meter: Meter;
  /** How long a dial may take, and then the first answer to a ClientHello. */
  readonly dialTimeoutMs: number;
  now(): number;
  isEligible(backend: Backend): boolean;
  /** All that are eligible now, the chosen one first. */
  order(): readonly Backend[];
  dial(backend: Backend, events: WireEvents): Wire;
  /** What a backend must hear of a client before anything else. */
  header(client: Wire): Uint8Array | null;
  /** Looks at its deadline again and again from now on. */
  expect(connection: Connection): void;
  dialFailed(backend: Backend, error: Error): void;
  noAnswer(backend: Backend, reason: string): void;
  retried(): void;
  joined(connection: Connection): void;
  /** It has, or no longer has, this backend. */
  count(backend: Backend, change: 1 | -1): void;
  /** Nobody could be found for it. */
  refused(): void;
  over(connection: Connection): void;
}
