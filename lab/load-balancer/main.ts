/** The machine `apiserver-load-balancer`: the load balancer in front of the apiservers. */
import { readFile } from 'node:fs/promises';
import { adminPaths } from '../../proxies/apiserver-load-balancer/admin/admin-paths.ts';
import { createReloads } from '../../proxies/apiserver-load-balancer/admin/reloads.ts';
import { startAdminServer } from '../../proxies/kit/apiserver/admin-server.ts';
import { relayHops } from '../../proxies/kit/hop-channel.ts';
import { klogLine } from '../../proxies/kit/klog.ts';
import { runProgram } from '../machines/program.ts';
import { parseEndpoint } from '../network/endpoint.ts';
import { answerSupervisor } from './answer-supervisor.ts';
import { createApiserverList } from './apiserver-list.ts';
import { checkDefaults, commandDefaults } from './command-defaults.ts';
import { createConnectionMemory } from './connection-memory.ts';
import { startDataplane } from './start-dataplane.ts';

const flagNames = ['listen', 'dataplane', 'check-ca-file', 'admin-bind-address'] as const;

const check = {
  ...checkDefaults,
  // Shorter than the command's: these apiservers wait for no etcd, and who watches the lab sees its resets soon.
  // Long all the same: a whole cluster may share a busy machine, and none is dead for that.
  timeoutMs: 1_500,
} as const;

await runProgram(flagNames, async (flags) => {
  const { listen = '', dataplane, 'check-ca-file': caFile = '' } = flags;
  await using starting = new AsyncDisposableStack();
  const started = await startDataplane(dataplane === 'nftables' ? 'nftables' : 'userspace', {
    ...commandDefaults,
    check: { ...check, caPem: await readFile(caFile, 'utf8') },
    listen: listen.split(',').map(parseEndpoint),
    log,
  });
  const balancer = starting.use(started.balancer);
  const place = { dataplane: started.dataplane, balance: commandDefaults.balance };
  const list = createApiserverList(balancer, log);
  const memory = createConnectionMemory(balancer, place);
  starting.use(answerSupervisor({ list, memory }));
  starting.use(relayHops(memory));
  const paths = starting.use(adminPaths({ balancer, list, place, reloads: createReloads() }));
  const admin = starting.use(
    await startAdminServer(flags['admin-bind-address'] ?? '', paths.answer),
  );
  // Whoever started us starts us again.
  balancer.failed.catch((error: unknown) => {
    log(klogLine('F', 'hop', String(error)));
    process.exit(1);
  });
  for (const address of balancer.addresses)
    log(klogLine('I', 'hop', `Serving on ${address} (${started.dataplane})`));
  const running = starting.move();
  return {
    ...(admin.address !== null && { address: admin.address }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
});

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
