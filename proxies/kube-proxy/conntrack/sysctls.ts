/** The kernel's limits and timeouts of conntrack, as `conntrack` of the configuration asks (specification 3.12). */
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { klogLine } from '../../kit/klog.ts';

/** Times in seconds; 0 leaves what is there. */
export interface ConntrackSettings {
  readonly maxPerCore: number;
  readonly min: number;
  readonly tcpEstablishedTimeout: number;
  readonly tcpCloseWaitTimeout: number;
  readonly tcpBeLiberal: boolean;
  readonly udpTimeout: number;
  readonly udpStreamTimeout: number;
}

/** Upstream's. */
export const defaultConntrackSettings: ConntrackSettings = {
  maxPerCore: 32_768,
  min: 131_072,
  tcpEstablishedTimeout: 86_400,
  tcpCloseWaitTimeout: 3_600,
  tcpBeLiberal: false,
  udpTimeout: 0,
  udpStreamTimeout: 0,
};

/** However many cores there are: each entry takes memory. */
const highestMax = 1_048_576;
const sysctls = 'proc/sys/net/netfilter';
const hashsize = 'sys/module/nf_conntrack/parameters/hashsize';

/**
 * Writes what differs. What cannot be written is logged, and the rest goes on: in a user namespace, and in any
 * network namespace but the first, `nf_conntrack_max` is not writable.
 *
 * @param options.root where `proc` and `sys` are
 */
export async function setConntrackSysctls(
  settings: ConntrackSettings,
  options: {
    readonly log: (line: string) => void;
    readonly cores?: number;
    readonly root?: string;
  },
): Promise<void> {
  const { log, cores = availableParallelism(), root = '/' } = options;
  const refused: string[] = [];
  for (const { path, value, isEnough } of wanted(settings, cores)) {
    try {
      const current = Number(await readFile(join(root, path), 'utf8'));
      if (isEnough ? current >= value : current === value) continue;
      await writeFile(join(root, path), String(value));
    } catch (error) {
      refused.push(`${basename(path)}=${value} (${codeOf(error)})`);
    }
  }
  if (refused.length > 0) {
    log(klogLine('W', 'hop', `conntrack: may not set ${refused.join(', ')}`));
  }
}

interface Wanted {
  readonly path: string;
  readonly value: number;
  /** A greater value is left as it is. */
  readonly isEnough?: boolean;
}

function wanted(settings: ConntrackSettings, cores: number): readonly Wanted[] {
  const max = maxOf(settings, cores);
  const values: readonly Wanted[] = [
    { path: `${sysctls}/nf_conntrack_max`, value: max },
    { path: hashsize, value: Math.trunc(max / 4), isEnough: true },
    {
      path: `${sysctls}/nf_conntrack_tcp_timeout_established`,
      value: settings.tcpEstablishedTimeout,
    },
    { path: `${sysctls}/nf_conntrack_tcp_timeout_close_wait`, value: settings.tcpCloseWaitTimeout },
    { path: `${sysctls}/nf_conntrack_tcp_be_liberal`, value: Number(settings.tcpBeLiberal) },
    { path: `${sysctls}/nf_conntrack_udp_timeout`, value: settings.udpTimeout },
    { path: `${sysctls}/nf_conntrack_udp_timeout_stream`, value: settings.udpStreamTimeout },
  ];
  return values.filter(({ value }) => value !== 0);
}

function maxOf({ maxPerCore, min }: ConntrackSettings, cores: number): number {
  const scaled = maxPerCore * cores;
  if (scaled === 0) return 0;
  return scaled > highestMax ? highestMax : Math.max(scaled, min);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
