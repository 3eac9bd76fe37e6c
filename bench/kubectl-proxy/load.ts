/** Load from `wrk`, a process of its own with one thread. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Load {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const run = promisify(execFile);

export async function applyLoad(options: {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Header lines, such as `Authorization: Bearer t`. */
  readonly headers?: readonly string[];
}): Promise<Load> {
  const { url, connections, seconds, headers = [] } = options;
  const { stdout } = await run('wrk', [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    '--timeout',
    '30s',
    '-H',
    'Accept-Encoding: identity',
    ...headers.flatMap((header) => ['-H', header]),
    url,
  ]);
  const failures = /Non-2xx|Socket errors.*[1-9]/.exec(stdout);
  if (failures !== null) throw new Error(`the load met errors:\n${stdout}`);
  return {
    requests: Number(/(\d+) requests in/.exec(stdout)?.[1]),
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p50Ms: milliseconds(/ 50%\s+(\S+)/.exec(stdout)?.[1] ?? ''),
    p99Ms: milliseconds(/ 99%\s+(\S+)/.exec(stdout)?.[1] ?? ''),
  };
}

/** @example milliseconds('1.5s') // 1500 */
function milliseconds(text: string): number {
  const [, number = '', unit = ''] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  return Number(number) * ({ us: 0.001, ms: 1, s: 1000 }[unit] ?? Number.NaN);
}
