/** The machine `apiserver-load-balancer`: the load balancer in front of the apiservers. */
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import type { WantedBackend } from '../../proxies/apiserver-load-balancer/backend.ts';
import type {
  BalancerOptions,
  RunningBalancer,
} from '../../proxies/apiserver-load-balancer/balancer.ts';
import type { Dataplane } from '../../proxies/apiserver-load-balancer/dataplane.ts';
import { startHopBalancer } from '../../proxies/apiserver-load-balancer/hop-balancer.ts';
import { relayHops } from '../../proxies/kit/hop-channel.ts';
import { klogLine } from '../../proxies/kit/klog.ts';
import { runProgram, type AnswerMessage } from '../machines/program.ts';
import { serveHealth } from '../machines/serve-health.ts';
import { parseEndpoint } from '../network/endpoint.ts';
import { createConnectionMemory } from './connection-memory.ts';
import type { ApiserversMessage, PathQuestion } from './messages.ts';

const flagNames = ['listen', 'dataplane', 'check-ca-file', 'admin-bind-address'] as const;

await runProgram(flagNames, async (flags) => {
  const { listen = '', dataplane, 'check-ca-file': caFile = '' } = flags;
  await using starting = new AsyncDisposableStack();
  const balancer = starting.use(
    await startIn(dataplane === 'nftables' ? 'nftables' : 'userspace', {
      listen: listen.split(',').map(parseEndpoint),
      balance: 'round-robin',
      check: {
        path: '/readyz',
        intervalMs: 1_000,
        // Longer than the command's default: an apiserver of the lab may have a busy machine.
        timeoutMs: 1_500,
        rise: 2,
        fall: 2,
        caPem: await readFile(caFile, 'utf8'),
        serverName: null,
      },
      whenNoneReady: 'try-all',
      dialTimeoutMs: 500,
      drainTimeoutMs: 300_000,
      keepAliveMs: 30_000,
      idleTimeoutMs: 0,
      maxConnectionAgeMs: 0,
      proxyProtocol: 'off',
      log,
    }),
  );
  const memory = createConnectionMemory(balancer);
  starting.use(relayHops(memory));

  let setting = Promise.resolve();
  process.on('message', (message: ApiserversMessage | (PathQuestion & { question: number })) => {
    if ('apiservers' in message) {
      setting = setting
        .then(() => balancer.setBackends(message.apiservers.map(toBackend)))
        .catch((error: unknown) => log(klogLine('E', 'hop', String(error))));
    } else if ('pathOf' in message) {
      void memory.find(message.pathOf).then((answer) => {
        const sent: AnswerMessage = { question: message.question, answer };
        process.send?.(sent, () => undefined);
      });
    }
  });
  const health = starting.use(await serveHealth(flags['admin-bind-address'] ?? ''));
  // Its dataplane is gone: whoever started us starts us again.
  balancer.failed.catch((error: unknown) => {
    log(klogLine('F', 'hop', String(error)));
    process.exit(1);
  });
  const running = starting.move();
  return { address: health.address, [Symbol.asyncDispose]: () => running.disposeAsync() };
});

/** Where the kernel does not balance, we do. */
async function startIn(
  dataplane: Dataplane['kind'],
  options: BalancerOptions,
): Promise<RunningBalancer> {
  try {
    return await startHopBalancer({ ...options, dataplane });
  } catch (error) {
    if (dataplane === 'userspace') throw error;
    log(
      klogLine(
        'W',
        'hop',
        `nftables is not to be had, userspace takes its place: ${String(error)}`,
      ),
    );
    return startIn('userspace', options);
  }
}

/** @example toBackend('172.30.0.11:6443') */
function toBackend(name: string): WantedBackend {
  const { host: address, port } = parseEndpoint(name);
  const family = isIPv6(address) ? 'IPv6' : 'IPv4';
  return { name, address, port, family, isDraining: false };
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
