/** Load from `wrk`, in a network namespace that it is started in. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  readonly megabytesPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

const run = promisify(execFile);

export async function applyLoad(options: {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** A new connection for each request. */
  readonly isClosing?: boolean;
}): Promise<Load> {
  const { url, connections, seconds, isClosing = false } = options;
  const threads = Math.min(2, connections);
  const { stdout } = await run('wrk', [
    `-t${threads}`,
    `-c${connections}`,
    `-d${seconds}s`,
    ...['--latency', '--timeout', '30s'],
    ...(isClosing ? ['-H', 'Connection: close'] : []),
    url,
  ]);
  const failures = /Non-2xx.*|Socket errors.*[1-9].*/.exec(stdout);
  if (failures !== null) process.stderr.write(`${url}: ${failures[0]}\n`);
  return {
    requests: Number(/(\d+) requests in/.exec(stdout)?.[1]),
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    megabytesPerSecond: megabytes(/Transfer\/sec:\s+(\S+)/.exec(stdout)?.[1] ?? ''),
    p50Us: microseconds(/ 50%\s+(\S+)/.exec(stdout)?.[1] ?? ''),
    p99Us: microseconds(/ 99%\s+(\S+)/.exec(stdout)?.[1] ?? ''),
  };
}

/** @example microseconds('1.5ms') // 1500 */
function microseconds(text: string): number {
  const [, number = '', unit = ''] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  return Number(number) * ({ us: 1, ms: 1000, s: 1_000_000 }[unit] ?? Number.NaN);
}

/** wrk counts in powers of 1024. @example megabytes('1.00GB') // 1073.741824 */
function megabytes(text: string): number {
  const [, number = '', unit = ''] = /^([\d.]+)([KMGT]?B)$/.exec(text) ?? [];
  const power = ['B', 'KB', 'MB', 'GB', 'TB'].indexOf(unit);
  return (Number(number) * 1024 ** power) / 1_000_000;
}
