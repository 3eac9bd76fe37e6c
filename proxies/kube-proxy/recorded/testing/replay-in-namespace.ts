/** In a namespace: `hop kube-proxy` follows the recorded traffic; another one starts where it came to. */
import { execFileSync } from 'node:child_process';
import { runCommand, type RunningCommand } from '../../../kit/running-command.ts';
import { startScriptedApiserver } from '../../../kit/testing/scripted-apiserver.ts';
import { paths, service, slice } from '../../testing/objects.ts';
import { createReplay, pageSize, readTraffic } from '../replay.ts';

export interface ReplayReport {
  /** Elements and rules, by set, map and chain: of the one that followed, and of one that found the end. */
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
await replay.follow();
// All that was told before has been told when both of these have.
apiserver.put(paths.services, service('end', '10.96.255.250'));
apiserver.put(paths.slices, slice('end', ['10.244.255.250']));
while (!isEndWritten()) await new Promise((resolve) => setTimeout(resolve, 20));
await end(follower);
const followed = rules();
const requests = [...apiserver.requests];

execFileSync('nft', ['flush', 'ruleset']);
await end(await start());
const report: ReplayReport = { followed, fresh: rules(), requests, log: follower.stderr() };
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

function isEndWritten(): boolean {
  const map = ['list', 'map', 'ip', 'kube-proxy', 'service-ips'];
  const text = execFileSync('nft', map, { encoding: 'utf8' });
  return /"default\/end:http" : goto pick-1\b/.test(text);
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
