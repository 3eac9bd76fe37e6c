/** Which TCP connections of a machine the kernel probes when they are silent. */
import { execFileSync } from 'node:child_process';
import type { Machine } from './places.ts';

/** https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html */
const fields = { local: 1, remote: 2, timer: 5 } as const;
const keepAliveTimer = '02';

/** IPv4 only. @returns of each the local and the remote port: `6443 40000` */
export function keepAliveTimers(machine: Machine): ReadonlySet<string> {
  const command = [`--net=/run/netns/${machine}`, 'cat', '/proc/thread-self/net/tcp'];
  const [, ...lines] = execFileSync('nsenter', command, { encoding: 'utf8' }).trim().split('\n');
  return new Set(
    lines.flatMap((line) => {
      const words = line.trim().split(/\s+/);
      if (words[fields.timer]?.startsWith(keepAliveTimer) !== true) return [];
      return [[words[fields.local], words[fields.remote]].map(portOf).join(' ')];
    }),
  );
}

function portOf(address = ''): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16);
}
