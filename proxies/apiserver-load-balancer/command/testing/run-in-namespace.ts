/** In a namespace: `hop apiserver-lb --dataplane=nftables`, from its refusals to its end. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { runBalancer, tryBalancer } from './run-balancer.ts';

/** What a command says that does not serve, and its exit status. */
interface Ended {
  readonly exitCode: number | null;
  readonly stderr: string;
}

export interface NftablesCommandReport {
  /** Where its port is taken. */
  readonly taken: Ended;
  /** On an address that the kernel forwards nothing from. */
  readonly loopback: Ended;
  readonly log: string;
  readonly metrics: string;
  /** What `nft list tables` shows while it serves. */
  readonly tables: string;
  /** `--cleanup` while one serves; after one was killed; and once more. */
  readonly cleanups: readonly Ended[];
  /** What `nft list tables` shows after one was killed, and in the end. */
  readonly tablesLeft: readonly string[];
}

execFileSync('ip', ['link', 'set', 'lo', 'up']);
execFileSync('ip', ['address', 'add', '192.0.2.2/32', 'dev', 'lo']);
const common = ['--dataplane=nftables', '--backend=192.0.2.11:6443', '--check-insecure'];

async function runToEnd(...args: readonly string[]): Promise<Ended> {
  await using command = await tryBalancer(args);
  return { exitCode: command.isServing ? null : command.exitCode, stderr: command.stderr() };
}
const refusal = (address: string) => runToEnd(...common, `--listen=${address}`);
const listTables = () => execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' });

const other = createServer().listen(6443, '192.0.2.2');
await once(other, 'listening');
const taken = await refusal('192.0.2.2:6443');
other.close();
const loopback = await refusal('127.0.0.1:6443');

await using balancer = await runBalancer(common, { listen: '192.0.2.2:6443,[::]:6443' });
const { body: metrics } = await balancer.status('/metrics');
const tables = listTables();
const cleanups = [await runToEnd('--cleanup')];
process.kill(balancer.pid, 'SIGTERM');
await balancer.ended;

await using killed = await runBalancer(common, { listen: '192.0.2.2:6443,[::]:6443' });
process.kill(killed.pid, 'SIGKILL');
await killed.ended;
const tablesLeft = [listTables()];
cleanups.push(await runToEnd('--cleanup'), await runToEnd('--cleanup'));
tablesLeft.push(listTables());

const log = balancer.stderr();
const report = { taken, loopback, log, metrics, tables, cleanups, tablesLeft };
console.log(JSON.stringify(report satisfies NftablesCommandReport));
