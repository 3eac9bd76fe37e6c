/** In a namespace: `hop kube-proxy` follows the recorded traffic; another one starts where it came to. */
import { execFileSync } from 'node:child_process';
import { runCommand, type RunningCommand } from '../../../kit/running-command.ts';
import { startScriptedApiserver } from '../../../kit/testing/scripted-apiserver.ts';
import { paths, service, slice } from '../../testing/objects.ts';
import { createReplay, pageSize, readTraffic } from '../replay.ts';

export interface ReplayReport {
  /** Elements and rules, by set, map and chain: of the one that followed, and of one that found the end. */
  readonly beforeCut: Rules;
  readonly followed: Rules;
  readonly fresh: Rules;
  readonly requests: readonly string[];
  readonly log: string;
}

export type Rules = Readonly<Record<string, readonly string[]>>;

execFileSync('ip', ['link', 'set', 'lo', 'up']);
await using owned = new AsyncDisposableStack();
const apiserver = owned.use(await startScriptedApiserver({ pageSize }));
const replay = createReplay(apiserver, readTraffic());

replay.list();
const follower = await start();
await replay.followUntilCut();
await untilFollowed('pause', 250);
const beforeCut = rules();
await replay.cutAndFollow();
await untilFollowed('end', 251);
await end(follower);
const followed = rules();
const requests = [...apiserver.requests];

execFileSync('nft', ['flush', 'ruleset']);
await end(await start());
const report: ReplayReport = {
  beforeCut,
  followed,
  fresh: rules(),
  requests,
  log: follower.stderr(),
};
console.log(JSON.stringify(report));

/** Resolves when everything that is listed has been written. */
async function start(): Promise<RunningCommand> {
  const command = owned.use(
    await runCommand({
      command: 'kube-proxy',
      serving: /(All that the API says)/,
      args: [
        `--master=${apiserver.url}`,
        '--hostname-override=node-1',
        '--detect-local-mode=NodeCIDR',
        '--healthz-bind-address=127.0.0.1:0',
        '--metrics-bind-address=127.0.0.1:0',
        '--nftables-min-sync-period=0s',
      ],
      signal: new AbortController().signal,
    }),
  );
  if (!command.isServing) throw new Error(command.stderr());
  return command;
}

async function end(command: RunningCommand): Promise<void> {
  process.kill(command.pid, 'SIGTERM');
  await command.ended;
}

/** All that was told before has been written when a Service and its endpoint are. */
async function untilFollowed(name: string, number: number): Promise<void> {
  apiserver.put(paths.services, service(name, `10.96.255.${number}`));
  apiserver.put(paths.slices, slice(name, [`10.244.255.${number}`]));
  const written = new RegExp(`"default/${name}:http" : goto pick-1\\b`);
  const map = ['list', 'map', 'ip', 'kube-proxy', 'service-ips'];
  while (!written.test(execFileSync('nft', map, { encoding: 'utf8' }))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Listed {
  readonly chain?: { readonly name: string };
  readonly rule?: { readonly chain: string; readonly expr: unknown };
  readonly set?: Collection;
  readonly map?: Collection;
}

interface Collection {
  readonly name: string;
  readonly elem?: readonly unknown[];
}

/** Without what only the order of events decides: the places of endpoints, and the numbers of affinity. */
function rules(): Rules {
  const text = execFileSync('nft', ['-j', 'list', 'table', 'ip', 'kube-proxy'], {
    encoding: 'utf8',
  });
  const { nftables } = JSON.parse(text) as { nftables: readonly Listed[] };
  const found: Record<string, string[]> = {};
  for (const { rule, set, map } of nftables) {
    if (rule) (found[`chain ${rule.chain}`] ??= []).push(JSON.stringify(rule.expr));
    const collection = set ?? map;
    if (!collection || collection.name.startsWith('affinity')) continue;
    const withoutSlot = (element: string) =>
      collection.name.endsWith('endpoints') ? element.replace(/,\d+\]\}/, ']}') : element;
    found[collection.name] = (collection.elem ?? [])
      .map((element) => withoutSlot(JSON.stringify(element)))
      .sort();
  }
  return found;
}
