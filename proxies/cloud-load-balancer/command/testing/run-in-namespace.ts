/** In a namespace: `hop cloud-lb` with addresses of a network, in the kernel and from user space, and what it leaves. */
import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { startCluster } from './cluster.ts';
import { ask, runCloud, tryCloud } from './run-cloud.ts';

/** What a command says that does not serve, and its exit status. */
interface Ended {
  readonly exitCode: number | null;
  readonly stderr: string;
}

export interface NamespaceReport {
  /** While the kernel serves, after its end, after one was killed, and after that was cleaned up. */
  readonly tables: readonly string[];
  /** The same of routes of the pool; then after one was killed that served from user space, and cleaned up. */
  readonly routes: readonly string[];
  /** While one serves, and after one was killed. */
  readonly cleanups: readonly Ended[];
  /** After one was killed that served from user space. */
  readonly userspaceCleanup: Ended;
  readonly log: string;
}

const run = (...[program = '', ...args]: readonly string[]) =>
  execFileSync(program, args, { encoding: 'utf8' });
run('ip', 'link', 'set', 'lo', 'up');
run('ip', 'link', 'add', 'net0', 'type', 'veth', 'peer', 'name', 'net1');
run('ip', 'link', 'set', 'net1', 'up');
run('ip', 'address', 'add', '192.0.2.1/24', 'dev', 'net0');
run('ip', 'address', 'add', '192.0.2.11/24', 'dev', 'net0');
run('ip', 'link', 'set', 'net0', 'up');
const listTables = () => run('nft', 'list', 'tables');
/** Those of the pool. */
const listRoutes = () =>
  run('ip', 'route', 'show', 'table', 'all')
    .split('\n')
    .filter((line) => /192\.0\.2\.20[0-6]/.test(line))
    .join('\n');

async function runToEnd(...args: readonly string[]): Promise<Ended> {
  await using command = await tryCloud(args);
  return { exitCode: command.isServing ? null : command.exitCode, stderr: command.stderr() };
}

const addressOfWeb = async () =>
  (await cluster.service('web')).status?.loadBalancer?.ingress?.[0]?.ip;

/** In the end the test's patience is over. */
async function untilTrue(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await delay(50);
}

await using cluster = await startCluster({ nodes: ['192.0.2.11'] });
await cluster.expose('web');
const pool = '--address-pool=192.0.2.200-192.0.2.206';
const common = [`--kubeconfig=${cluster.kubeconfig.admin}`, '--leader-elect=false', pool];
const kernel = [...common, '--dataplane=nftables'];

await using serving = await runCloud(kernel);
await untilTrue(async () => (await addressOfWeb()) !== undefined);
const [tables, routes] = [[listTables()], [listRoutes()]];
const cleanups = [await runToEnd('--cleanup', pool)];
process.kill(serving.pid, 'SIGTERM');
await serving.ended;
tables.push(listTables());
routes.push(listRoutes());

await using killed = await runCloud(kernel);
// Its routes are there before its tables.
await untilTrue(async () => listRoutes() !== '' && listTables() !== '');
process.kill(killed.pid, 'SIGKILL');
await killed.ended;
tables.push(listTables());
routes.push(listRoutes());
cleanups.push(await runToEnd('--cleanup', pool));
tables.push(listTables());
routes.push(listRoutes());

await using userspace = await runCloud(common);
const address = (await addressOfWeb()) ?? '';
await untilTrue(async () => (await ask(`${address}:8080`)) === 'node-1');
process.kill(userspace.pid, 'SIGKILL');
await userspace.ended;
routes.push(listRoutes());
const userspaceCleanup = await runToEnd('--cleanup', pool);
routes.push(listRoutes());

const log = serving.stderr();
const report = { tables, routes, cleanups, userspaceCleanup, log };
console.log(JSON.stringify(report satisfies NamespaceReport));
