/** HAProxy's master socket: asks it, and through it its workers, the old ones too. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Worker {
  readonly pid: number;
  /** It was there before the last reload, and takes no new connections. */
  readonly isOld: boolean;
}

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
  readonly workers: readonly Worker[];
  /** How many reloads in a row have failed. */
  readonly failedReloads: number;
} {
  const workers: Worker[] = [];
  let isOld = false;
  for (const line of answer.split('\n')) {
    if (line.startsWith('# old workers')) isOld = true;
    else if (line.startsWith('# programs')) isOld = false;
    const [, pid] = /^(\d+)\s+worker\s/.exec(line) ?? [];
    if (pid !== undefined) workers.push({ pid: Number(pid), isOld });
  }
  return { workers, failedReloads: Number(/\[failed: (\d+)\]/.exec(answer)?.[1] ?? 0) };
}
