/** A load balancer as a process of its own: what it balances with, whom it sends to, and its admin server. */
import { startAdminServer } from '../../kit/apiserver/admin-server.ts';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import type { Terminal } from '../../kit/command.ts';
import type { Serving } from '../../kit/flag-command.ts';
import { relayHops } from '../../kit/hop-channel.ts';
import { splitAddress } from '../../kit/http/split-address.ts';
import { klogLine, type Severity } from '../../kit/klog.ts';
import { adminPaths } from '../admin/admin-paths.ts';
import { createReloads } from '../admin/reloads.ts';
import type { Configuration } from '../config/configuration.ts';
import { endWithin } from '../../kit/end-within.ts';
import { triesUntrusted } from '../implementations/limits.ts';
import { createResolver } from '../sources/resolve.ts';
import { createWantedList } from '../sources/wanted-list.ts';
import { startSource } from '../sources/start-source.ts';
import { hopSource } from './hop-source.ts';
import { onHangUp } from './on-hang-up.ts';
import { startBalancer } from './start-balancer.ts';
import { createFamilyWarning } from './tell-families.ts';
import { tellUntrusted } from './tell-untrusted.ts';

/** Longer than the load balancer's own patience; shorter than what a pod is given to end, and systemd's. */
const endMs = 20_000;

export interface RunOptions {
  readonly terminal: Terminal;
  readonly log: (line: string) => void;
}

export async function startRunning(
  configuration: Configuration,
  { terminal, log }: RunOptions,
): Promise<Serving> {
  const { implementation, dataplane, balancer: options } = configuration;
  const say = (severity: Severity, text: string) => log(klogLine(severity, 'hop', text));
  const withHint = (error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    if (!(error instanceof ConfigurationError)) return text;
    return `${text}. ${terminal.messages.say(`cli.apiserver-lb.hints.${error.hint}`, error.values)}`;
  };
  await using starting = new AsyncDisposableStack();
  // Nobody is to be ended by it who has not read anything yet.
  let reload = (): void => undefined;
  starting.use(onHangUp(() => reload()));
  const balancer = await startBalancer(configuration, log, starting);
  const moves = implementation === 'hop' ? dataplane : implementation;
  const warnOfFamilies = createFamilyWarning(options.listen, (text) => say('W', text));
  const reloads = createReloads();
  const list = starting.use(
    createWantedList({
      resolver: createResolver(),
      listen: () => balancer.addresses.map(splitAddress),
      apply: async (backends) => {
        await balancer.setBackends(backends);
        if (moves === 'nftables') warnOfFamilies(backends);
      },
      warn: (text) => say('W', text),
      onLate: (backends) => {
        reloads.add('success');
        say('I', `The newest list is in force now: ${backends.map(({ name }) => name).join(', ')}`);
      },
    }),
  );
  const clients = triesUntrusted(implementation, options) ? 'tried' : 'refused';
  starting.use(tellUntrusted(balancer, { clients, say }));
  const source = starting.use(
    await startSource(configuration.source, { list, reloads, say, withHint, terminal }),
  );
  reload = () => source.reload();
  const place = { dataplane: moves, balance: options.balance };
  starting.use(relayHops(hopSource(balancer, place)));
  const paths = starting.use(adminPaths({ balancer, list, reloads, place }));
  const admin = starting.use(await startAdminServer(configuration.adminBindAddress, paths.answer));
  for (const address of balancer.addresses) say('I', `Serving on ${address} (${moves})`);
  if (admin.address !== null) say('I', `Serving status at ${admin.address}`);
  const owned = starting.move();
  return {
    addresses: { addresses: balancer.addresses, adminAddress: admin.address },
    ended: balancer.failed,
    [Symbol.asyncDispose]: async () => {
      say('I', 'Stopping: no more connections are taken');
      // Whoever waits for an answer from the kernel may wait for ever.
      await endWithin(endMs, owned.disposeAsync(), () =>
        say('E', 'Not all of it ends: it is left'),
      );
    },
  };
}
