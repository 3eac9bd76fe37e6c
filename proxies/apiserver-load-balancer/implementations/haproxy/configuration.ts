/** HAProxy's configuration: mode tcp, with HTTPS checks. */
import type { WantedBackend } from '../../backend.ts';
import type { BalancerOptions } from '../../balancer.ts';
import type { Balance, ListenAddress } from '../../dataplane.ts';
import { refuseDuplicates } from '../../refuse-duplicates.ts';
import { backendWord, endpointWord, fileWord, hostWord, pathWord } from '../words.ts';

export interface HaproxyConfigurationOptions extends Pick<
  BalancerOptions,
  | 'balance'
  | 'check'
  | 'dialTimeoutMs'
  | 'drainTimeoutMs'
  | 'idleTimeoutMs'
  | 'keepAliveMs'
  | 'proxyProtocol'
  | 'whenNoneReady'
> {
  readonly listen: readonly ListenAddress[];
  /** The authorities that sign the backends' certificates; null: they are not verified. */
  readonly caFile: string | null;
  /** Lets the kernel move the bytes from socket to socket. */
  readonly isSplicing: boolean;
  /** As whom the workers run; null: as whoever starts it. */
  readonly userId: number | null;
}

/** HAProxy warns where there is no limit, and counts milliseconds in 31 bits: 24 days. */
const neverMs = 24 * 24 * 3600_000;

/** HAProxy's backends, each of which has all servers: those that are ready, and any when none is. */
export const pools = { ready: 'apiservers', any: 'any-apiserver' } as const;

const balances: Readonly<Record<Balance, string>> = {
  'round-robin': 'roundrobin',
  'least-connections': 'leastconn',
  'first-healthy': 'first',
};

export function haproxyConfiguration(
  backends: readonly WantedBackend[],
  options: HaproxyConfigurationOptions,
): string {
  refuseDuplicates(backends);
  const { listen, balance, whenNoneReady } = options;
  const triesAll = whenNoneReady === 'try-all';
  return [
    section('global', globals(options)),
    section('defaults', defaults(backends.length, options)),
    section('frontend clients', [
      ...listen.map(listener),
      ...(triesAll ? [`use_backend ${pools.any} if { nbsrv(${pools.ready}) eq 0 }`] : []),
      `default_backend ${pools.ready}`,
    ]),
    section(`backend ${pools.ready}`, [
      `balance ${balances[balance]}`,
      ...checks(options),
      ...backends.map((backend) => server(backend, options, checked(backend, options))),
    ]),
    ...(triesAll
      ? [
          section(`backend ${pools.any}`, [
            `balance ${balances[balance]}`,
            ...backends.map((backend) => server(backend, options, [])),
          ]),
        ]
      : []),
  ].join('\n');
}

function globals({ drainTimeoutMs, userId }: HaproxyConfigurationOptions): readonly string[] {
  return [
    ...(userId === null ? [] : [`uid ${userId}`, `gid ${userId}`]),
    // Workers of before a reload end then, with whatever they still carry.
    ...(drainTimeoutMs > 0 ? [`hard-stop-after ${drainTimeoutMs}ms`] : []),
  ];
}

function defaults(count: number, options: HaproxyConfigurationOptions): readonly string[] {
  const { dialTimeoutMs, idleTimeoutMs, check, keepAliveMs, isSplicing } = options;
  const idleMs = idleTimeoutMs === 0 ? neverMs : idleTimeoutMs;
  return [
    'mode tcp',
    // Bytes are counted while a connection lives, not only when it ends.
    'option contstats',
    `timeout connect ${dialTimeoutMs}ms`,
    `timeout client ${idleMs}ms`,
    `timeout server ${idleMs}ms`,
    `timeout check ${check.timeoutMs}ms`,
    // Each backend has its turn.
    `retries ${Math.max(3, count)}`,
    'option redispatch 1',
    ...(keepAliveMs > 0 ? keepAlive(Math.ceil(keepAliveMs / 1000)) : []),
    ...(isSplicing ? ['option splice-auto'] : []),
  ];
}

function keepAlive(seconds: number): readonly string[] {
  return ['cli', 'srv'].flatMap((side) => [
    `option ${side}tcpka`,
    `${side}tcpka-idle ${seconds}s`,
    `${side}tcpka-intvl ${seconds}s`,
    `${side}tcpka-cnt 3`,
  ]);
}

function listener({ host, port }: ListenAddress): string {
  return `bind ${endpointWord(host, port)}${host.includes(':') ? ' v6only' : ''}`;
}

function checks({ check }: HaproxyConfigurationOptions): readonly string[] {
  const host = check.serverName === null ? '' : ` hdr Host '${hostWord(check.serverName)}'`;
  return [
    'option httpchk',
    `http-check send meth GET uri '${pathWord(check.path)}' ver HTTP/1.1${host || " hdr Host 'apiserver'"} hdr Connection close`,
    // An answer other than 200 takes new connections away, and lets the ones there are live on.
    'http-check expect error-status L7OKC status 200',
  ];
}

/** One that was ready is asked more often when something is amiss. */
const fastShare = 0.1;
const fastestMs = 50;

function checked(backend: WantedBackend, options: HaproxyConfigurationOptions): readonly string[] {
  const { check, caFile } = options;
  const name = check.serverName ?? backend.host;
  const inter = check.intervalMs;
  return [
    'check check-ssl',
    caFile === null ? 'verify none' : `verify required ca-file '${fileWord(caFile)}'`,
    ...(name === undefined ? [] : [`check-sni ${hostWord(name)}`]),
    // It compares DNS names alone, no addresses.
    ...(name === undefined || caFile === null ? [] : [`verifyhost ${hostWord(name)}`]),
    `inter ${inter}ms fastinter ${Math.min(inter, Math.max(fastestMs, inter * fastShare))}ms`,
    `rise ${check.rise} fall ${check.fall}`,
    'on-marked-down shutdown-sessions',
    // A dial that fails has it checked soon. Were it marked down at once, the client that dialed would be, too.
    'observe layer4 error-limit 1 on-error fastinter',
  ];
}

function server(
  backend: WantedBackend,
  { proxyProtocol }: HaproxyConfigurationOptions,
  more: readonly string[],
): string {
  return [
    `server ${backendWord(backend)} ${endpointWord(backend.address, backend.port)}`,
    ...(backend.isDraining ? ['disabled'] : []),
    ...(proxyProtocol === 'off' ? [] : [proxyProtocol === 'v1' ? 'send-proxy' : 'send-proxy-v2']),
    ...more,
  ].join(' ');
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`), ''].join('\n');
}
