/** Ends connections that are silent for too long, or too old: one look at all of them now and then. */
import type { Meter } from '../../kit/l4/relay.ts';
import type { WireEngine } from '../../kit/l4/wire.ts';
import type { DataplaneOptions } from '../dataplane.ts';
import type { Connection } from './connection.ts';

type AgingOptions = Pick<DataplaneOptions, 'idleTimeoutMs' | 'maxConnectionAgeMs'>;

/** So exact is the clock, in parts of the time that is waited for. */
const looks = 20;
const periodLimitsMs = { least: 5, most: 1_000 };
/** Connections are spread over so much of their age, and then have as much again to fall silent. */
const ageSpread = 0.1;
/** Looks without a byte, after which an old connection counts as silent. */
const quietTicks = 2;
/** What the two sides have to end theirs, once we have ended ours. */
const endWithinMs = 5_000;

/**
 * An old connection is ended when it is silent for a moment, at the latest a tenth of its age later: with an end
 * to both sides, not a reset, so that the client still reads what is on its way to it and dials again. What TLS
 * carries cannot be seen, so that HTTP/2 is told no GOAWAY, and a watch or an exec that goes on is cut.
 */
export class Aging implements Disposable {
  private readonly engine: WireEngine;
  private readonly meter: Meter;
  private readonly options: AgingOptions;
  private readonly periodMs: number;
  private readonly connections = new Set<Connection>();
  private timer: Disposable | null = null;

  constructor(engine: WireEngine, meter: Meter, options: AgingOptions) {
    this.engine = engine;
    this.meter = meter;
    this.options = options;
    const { idleTimeoutMs, maxConnectionAgeMs } = options;
    const times = [idleTimeoutMs, maxConnectionAgeMs * ageSpread].filter((ms) => ms > 0);
    const { least, most } = periodLimitsMs;
    this.periodMs = Math.min(most, Math.max(least, Math.min(...times) / looks));
  }

  add(connection: Connection): void {
    const { idleTimeoutMs, maxConnectionAgeMs } = this.options;
    if (idleTimeoutMs === 0 && maxConnectionAgeMs === 0) return;
    if (maxConnectionAgeMs > 0) {
      connection.oldAtMs = this.engine.now() + maxConnectionAgeMs * (1 + Math.random() * ageSpread);
    }
    this.connections.add(connection);
    this.timer ??= this.engine.every(this.periodMs, () => this.look());
  }

  remove(connection: Connection): void {
    if (!this.connections.delete(connection) || this.connections.size > 0) return;
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.timer?.[Symbol.dispose]();
    this.timer = null;
  }

  private look(): void {
    this.meter.tick += 1;
    const { idleTimeoutMs, maxConnectionAgeMs } = this.options;
    const idleTicks = idleTimeoutMs > 0 ? Math.ceil(idleTimeoutMs / this.periodMs) : Infinity;
    const nowMs = this.engine.now();
    for (const connection of this.connections) {
      const silentTicks = this.meter.tick - connection.lastUseTick;
      if (silentTicks > idleTicks) {
        connection.reset();
      } else if (connection.oldAtMs !== null && nowMs >= connection.oldAtMs) {
        const isLate = nowMs >= connection.oldAtMs + maxConnectionAgeMs * ageSpread;
        if (silentTicks <= quietTicks && !isLate) continue;
        connection.oldAtMs = null;
        connection.end(endWithinMs);
      }
    }
  }
}
