/**
 * A client on a machine of the lab: a program of its own, because the machine has a network of its own.
 * Reads what to try from its input, and writes what came of it.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { causeOf } from './client.ts';
import { travel, type Travelled, type Trip } from './trip.ts';

export interface MachineTrip {
  readonly trip: Trip;
  /** To whom connections are tried, without a word. */
  readonly dials: readonly { readonly host: string; readonly port: number }[];
  readonly dialTimeoutMs: number;
}

export interface MachineTravelled {
  readonly travelled: Travelled;
  readonly dialled: readonly {
    /** Empty where it was connected. */
    readonly cause: string;
    readonly tookMs: number;
  }[];
}

const { trip, dials, dialTimeoutMs } = (await json(process.stdin)) as MachineTrip;
const travelled = await travel(trip);
const dialled = await Promise.all(dials.map(dial));
process.stdout.write(JSON.stringify({ travelled, dialled } satisfies MachineTravelled));

async function dial(
  to: MachineTrip['dials'][number],
): Promise<MachineTravelled['dialled'][number]> {
  const startedAt = performance.now();
  const socket = connect(to);
  let cause = '';
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(dialTimeoutMs) });
  } catch (error) {
    cause = causeOf(error);
  }
  socket.destroy();
  return { cause, tookMs: Math.round(performance.now() - startedAt) };
}
