/** In a namespace: `hop apiserver-lb --dataplane=nftables`, from its refusals to its end. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { runBalancer, tryBalancer } from './run-balancer.ts';

export interface NftablesCommandReport {
  /** What it says where its port is taken, and its exit status. */
  readonly taken: { readonly exitCode: number | null; readonly stderr: string };
  /** The same on an address that the kernel forwards nothing from. */
  readonly loopback: { readonly exitCode: number | null; readonly stderr: string };
  readonly log: string;
  readonly metrics: string;
  /** What `nft list tables` shows while it serves. */
  readonly tables: string;
}

execFileSync('ip', ['link', 'set', 'lo', 'up']);
execFileSync('ip', ['address', 'add', '192.0.2.2/32', 'dev', 'lo']);
const common = ['--dataplane=nftables', '--backend=192.0.2.11:6443', '--check-insecure'];

async function refusal(address: string) {
  await using command = await tryBalancer([...common, `--listen=${address}`]);
  return { exitCode: command.isServing ? null : command.exitCode, stderr: command.stderr() };
}

const other = createServer().listen(6443, '192.0.2.2');
await once(other, 'listening');
const taken = await refusal('192.0.2.2:6443');
other.close();
const loopback = await refusal('127.0.0.1:6443');

await using balancer = await runBalancer(common, { listen: '192.0.2.2:6443,[::]:6443' });
const { body: metrics } = await balancer.status('/metrics');
const tables = execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' });
process.kill(balancer.pid, 'SIGTERM');
await balancer.ended;
const report: NftablesCommandReport = { taken, loopback, log: balancer.stderr(), metrics, tables };
console.log(JSON.stringify(report));
