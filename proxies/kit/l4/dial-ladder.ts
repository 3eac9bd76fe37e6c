/** Dials one backend after the other until one answers, before any byte is sent. */
import { connect, type Socket } from 'node:net';
import type { L4Backend } from './backend.ts';

/** How long each attempt may take: those of Kubernetes' own userspace mode (specification 3.15). */
export const dialTimeoutsMs: readonly number[] = [250, 500, 1_000, 2_000];

export interface DialLadder<B extends L4Backend> {
  /** As many attempts as there are timeouts. */
  readonly timeoutsMs?: readonly number[];
  /** Whom to dial next, given who has failed, in order; `null` gives up. */
  readonly choose: (failed: readonly B[]) => B | null;
  readonly onFailure?: (backend: B, error: Error) => void;
  /** Nobody waits any more. */
  readonly isGivenUp?: () => boolean;
}

export interface Dialled<B extends L4Backend> {
  readonly backend: B;
  /** Connected; allows half-open connections, and reads nothing yet. */
  readonly socket: Socket;
}

/** `null` when all attempts have failed. Never rejects. */
export async function dialLadder<B extends L4Backend>({
  timeoutsMs = dialTimeoutsMs,
  choose,
  onFailure,
  isGivenUp,
}: DialLadder<B>): Promise<Dialled<B> | null> {
  const failed: B[] = [];
  for (const timeoutMs of timeoutsMs) {
    if (isGivenUp?.()) return null;
    const backend = choose(failed);
    if (backend === null) return null;
    try {
      return { backend, socket: await dial(backend, timeoutMs) };
    } catch (cause) {
      failed.push(backend);
      onFailure?.(backend, cause instanceof Error ? cause : new Error(String(cause)));
    }
  }
  return null;
}

/** @throws Error of the system, or `ETIMEDOUT` when there was no answer in time. */
export function dial(backend: L4Backend, timeoutMs: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({
    host: backend.address,
    port: backend.port,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
  });
  const late = setTimeout(() => {
    const { address, port } = backend;
    socket.destroy(
      Object.assign(new Error(`connect ETIMEDOUT ${address}:${port}`), { code: 'ETIMEDOUT' }),
    );
  }, timeoutMs);
  const fail = (error: Error) => {
    clearTimeout(late);
    reject(error);
  };
  socket.once('error', fail);
  socket.once('connect', () => {
    clearTimeout(late);
    socket.off('error', fail);
    resolve(socket);
  });
  return promise;
}

/** A peer that is gone without a word is noticed. Linux then probes each 75 s. */
export const keepAliveMs = 60_000;
