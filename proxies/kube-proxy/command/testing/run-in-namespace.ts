/** In a namespace: `hop kube-proxy` in nftables mode, from its first start to `--cleanup`. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { runCommand, type RunningCommand } from '../../../kit/running-command.ts';
import { startScriptedApiserver } from '../../../kit/testing/scripted-apiserver.ts';
import { node, paths, service, slice } from '../../testing/objects.ts';

export interface CommandReport {
  /** The elements of `service-ips` once all was written, and after `SIGTERM`. */
  readonly written: readonly string[];
  readonly afterEnd: readonly string[];
  /** Names and handles of the table's sets and maps, at the first start and at the second. */
  readonly collections: readonly [before: readonly string[], after: readonly string[]];
  /** Elements that the kernel was told to add or to delete by the second start. */
  readonly touched: readonly string[];
  /** What changed while nobody was there. */
  readonly caughtUp: readonly string[];
  /** The elements after somebody deleted the table. */
  readonly healed: readonly string[];
  readonly cleanupExitCode: number | null;
  readonly tablesAtEnd: string;
  /** Of the three that ran. */
  readonly log: string;
  readonly cleanupLog: string;
  readonly cleanupAgainLog: string;
  readonly initExitCode: number | null;
  readonly initLog: string;
  /** Seconds after which the kernel forgets an idle connection, before `--init-only` and after it. */
  readonly forgottenAfter: readonly [before: number, after: number];
}

execFileSync('ip', ['link', 'set', 'lo', 'up']);
await using owned = new AsyncDisposableStack();
const apiserver = owned.use(await startScriptedApiserver());
apiserver.put(paths.nodes, node());
apiserver.put(paths.services, service('web', '10.96.0.10'));
apiserver.put(paths.slices, slice('web', ['10.244.1.2', '10.244.1.3']));
apiserver.put(paths.services, service('shop', '10.96.0.11', { sessionAffinity: 'ClientIP' }));
apiserver.put(paths.slices, slice('shop', ['10.244.1.4']));

const monitor = await startMonitor();
const first = await start();
const written = serviceIPs();
const collectionsBefore = collections();
await end(first);
const afterEnd = serviceIPs();

await monitor.told();
const second = await start();
const touched = await monitor.told();
const collectionsAfter = collections();
await end(second);

apiserver.put(paths.slices, slice('web', ['10.244.1.2']));
const third = await start();
const caughtUp = serviceIPs();
nft('delete', 'table', 'ip', 'kube-proxy');
await until(() => serviceIPs().join() === caughtUp.join());
const healed = serviceIPs();
await end(third);

const forgottenBefore = timeout();
const init = owned.use(await run(['--init-only', '--conntrack-tcp-timeout-established=1h']));
const cleanup = owned.use(await run(['--cleanup']));
const cleanupAgain = owned.use(await run(['--cleanup']));
const log = [first, second, third].map((one) => one.stderr()).join('');
const report: CommandReport = {
  ...{ written, afterEnd, collections: [collectionsBefore, collectionsAfter], touched },
  ...{ caughtUp, healed, log },
  cleanupExitCode: cleanup.isServing ? null : cleanup.exitCode,
  tablesAtEnd: nft('list', 'tables'),
  cleanupLog: cleanup.stderr(),
  cleanupAgainLog: cleanupAgain.stderr(),
  initExitCode: init.isServing ? null : init.exitCode,
  initLog: init.stderr(),
  forgottenAfter: [forgottenBefore, timeout()],
};
await monitor.end();
console.log(JSON.stringify(report));

function run(args: readonly string[]): Promise<RunningCommand> {
  const { signal } = new AbortController();
  return runCommand({ command: 'kube-proxy', serving: /(All that the API says)/, args, signal });
}

/** Resolves when everything has been written. */
async function start(): Promise<RunningCommand> {
  const command = owned.use(
    await run([
      `--master=${apiserver.url}`,
      '--hostname-override=node-1',
      '--cluster-cidr=10.244.0.0/16',
      '--healthz-bind-address=127.0.0.1:0',
      '--metrics-bind-address=127.0.0.1:0',
    ]),
  );
  if (!command.isServing) throw new Error(command.stderr());
  return command;
}

async function end(command: RunningCommand): Promise<void> {
  process.kill(command.pid, 'SIGTERM');
  await command.ended;
}

function nft(...args: readonly string[]): string {
  return execFileSync('nft', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function timeout(): number {
  const path = '/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established';
  return Number(readFileSync(path, 'utf8'));
}

function serviceIPs(): readonly string[] {
  try {
    const text = nft('list', 'map', 'ip', 'kube-proxy', 'service-ips');
    return [...text.matchAll(/\d\S+ \. tcp \. \d+ comment .*? : goto [\w-]+/g)].map(([one]) => one);
  } catch {
    return [];
  }
}

function collections(): readonly string[] {
  const text = nft('--handle', '--terse', 'list', 'table', 'ip', 'kube-proxy');
  return [...text.matchAll(/^\t((?:set|map) \S+) \{ (# handle \d+)/gm)].map(([, name, handle]) =>
    [name, handle].join(' '),
  );
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Tells which elements come and go; a marker of ours says how far it has come. */
async function startMonitor() {
  nft('add table ip marker; add set ip marker marker { type inet_service; }');
  const child = spawn('nft', ['monitor', 'elements'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  let port = 0;
  const mark = () => nft(`add element ip marker marker { ${++port} }`);
  // It hears only what comes after its own start.
  await until(() => lines.length > 0 || mark() !== '');
  /** @returns what came since it was asked before */
  const told = async () => {
    mark();
    await until(() => lines.some((line) => line.includes(`marker { ${port} }`)));
    const before = lines;
    lines = [];
    return before.filter((line) => !line.includes('marker'));
  };
  return {
    told,
    end: () => {
      child.kill();
      return exited;
    },
  };
}
