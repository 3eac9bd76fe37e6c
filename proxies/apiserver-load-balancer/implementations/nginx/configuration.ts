/** nginx's configuration: a stream server, with its passive checks. */
import type { WantedBackend } from '../../backend.ts';
import type { BalancerOptions } from '../../balancer.ts';
import type { Balance, ListenAddress } from '../../dataplane.ts';
import { refuseDuplicates } from '../../refuse-duplicates.ts';
import { endpointWord, fileWord } from '../words.ts';

export interface NginxConfigurationOptions extends Pick<
  BalancerOptions,
  | 'balance'
  | 'check'
  | 'dialTimeoutMs'
  | 'drainTimeoutMs'
  | 'idleTimeoutMs'
  | 'keepAliveMs'
  | 'proxyProtocol'
> {
  readonly directory: string;
  readonly listen: readonly ListenAddress[];
  /** The file of the stream module; null where it is built in. */
  readonly streamModule: string | null;
  /** Whom the workers run as; null: whom nginx was built to run them as. */
  readonly user: string | null;
  /** So many files a process may have open here. */
  readonly maxOpenFiles: number;
}

/** nginx has no word for never. */
const neverMs = 365 * 24 * 3600_000;
/** Each client takes two of them; nginx's own default serves 256 clients per worker. */
const mostConnections = 32_768;

export function nginxConfiguration(
  backends: readonly WantedBackend[],
  options: NginxConfigurationOptions,
): string {
  refuseDuplicates(backends);
  const { directory, streamModule, user, listen, drainTimeoutMs, maxOpenFiles } = options;
  return `${block('', [
    'daemon off',
    ...(streamModule === null ? [] : [`load_module "${fileWord(streamModule)}"`]),
    ...(user === null ? [] : [`user ${user}`]),
    'worker_processes auto',
    // Workers of before a reload end then, with whatever they still carry.
    ...(drainTimeoutMs > 0 ? [`worker_shutdown_timeout ${drainTimeoutMs}ms`] : []),
    `pid "${fileWord(directory)}/nginx.pid"`,
    'error_log stderr notice',
  ])}
events {
  worker_connections ${Math.min(mostConnections, maxOpenFiles)};
}

stream {
${upstream(backends, options)}  server {
${block(
  '    ',
  listen.map((address) => listener(address, options)),
)}${block('    ', backends.length === 0 ? ['return ""'] : forwarding(options))}  }
}
`;
}

function upstream(backends: readonly WantedBackend[], options: NginxConfigurationOptions): string {
  if (backends.length === 0) return '';
  const { balance, check } = options;
  // A failed dial is known to all workers, and holds for as long as checks would need to call it ready again.
  const failTimeoutSeconds = Math.max(1, Math.ceil((check.intervalMs * check.rise) / 1000));
  const first = backends.findIndex(({ isDraining }) => !isDraining);
  return `  upstream apiservers {
${block('    ', [
  'zone apiservers 512k',
  ...(balance === 'least-connections' ? ['least_conn'] : []),
  ...backends.map(({ address, port, isDraining }, index) =>
    [
      `server ${endpointWord(address, port)}`,
      `max_fails=1 fail_timeout=${failTimeoutSeconds}s`,
      ...role(balance, isDraining, index === first),
    ].join(' '),
  ),
])}  }
`;
}

function role(balance: Balance, isDraining: boolean, isFirst: boolean): readonly string[] {
  if (isDraining) return ['down'];
  return balance === 'first-healthy' && !isFirst ? ['backup'] : [];
}

function listener({ host, port }: ListenAddress, options: NginxConfigurationOptions): string {
  const seconds = Math.ceil(options.keepAliveMs / 1000);
  return [
    `listen ${endpointWord(host, port)}`,
    ...(host.includes(':') ? ['ipv6only=on'] : []),
    ...(seconds > 0 ? [`so_keepalive=${seconds}s:${seconds}s:3`] : []),
  ].join(' ');
}

function forwarding(options: NginxConfigurationOptions): readonly string[] {
  const { dialTimeoutMs, idleTimeoutMs, keepAliveMs, proxyProtocol } = options;
  return [
    'proxy_pass apiservers',
    `proxy_connect_timeout ${dialTimeoutMs}ms`,
    'proxy_next_upstream on',
    'proxy_next_upstream_tries 0',
    `proxy_timeout ${idleTimeoutMs === 0 ? neverMs : idleTimeoutMs}ms`,
    ...(keepAliveMs > 0 ? ['proxy_socket_keepalive on'] : []),
    'proxy_half_close on',
    // nginx writes version 1 alone.
    ...(proxyProtocol === 'off' ? [] : ['proxy_protocol on']),
  ];
}

function block(indentation: string, directives: readonly string[]): string {
  return directives.map((directive) => `${indentation}${directive};\n`).join('');
}
