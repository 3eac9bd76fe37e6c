/** HAProxy's master socket: asks it, and through it its workers, the old ones too. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** @throws Error of the system's, while the master is not there or starts anew */
export async function askMaster(path: string, command: string): Promise<string> {
  const socket = connect(path);
  socket.end(`${command}\n`);
  return text(socket);
}

/** @param worker its process id, or `1`: the current one */
export function askWorker(path: string, worker: number, command: string): Promise<string> {
  return askMaster(path, `@!${worker} ${command}`);
}

/** @param answer to `show proc` */
export function parseWorkers(answer: string): {
  /** The one that takes connections, and those of before a reload that still carry some. */
  readonly pids: ReadonlySet<number>;
  /** How many reloads in a row have failed. */
  readonly failedReloads: number;
} {
  return {
    pids: new Set([...answer.matchAll(/^(\d+)\s+worker\s/gm)].map(([, pid]) => Number(pid))),
    failedReloads: Number(/\[failed: (\d+)\]/.exec(answer)?.[1] ?? 0),
  };
}
