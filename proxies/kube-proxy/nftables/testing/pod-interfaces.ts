/** In a namespace: a node with a pod behind a bridge, somebody outside, and a backend that says who asked. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { openNftConnection } from '../../../kit/nftables/connection.ts';
import type { PodInterface } from '../../dataplane.ts';
import { createNftablesDataplane } from '../nftables-dataplane.ts';
import { port } from './port.ts';

/** Which address the backend sees, by where it is asked for. */
export type SeenFrom = Readonly<Record<'pod' | 'outside' | 'node', Seen>>;
interface Seen {
  readonly clusterIP: string;
  readonly onlyLocal: string;
}

const network = `
PATH=$PATH:/usr/sbin:/sbin
mount -t tmpfs tmpfs /run
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
ip link add cbr0 type bridge
for place in pod:1 outside:2 backend:3; do
  name=\${place%:*} number=\${place#*:}
  ip netns add $name
  ip link add to-$name type veth peer name eth0 netns $name
  ip -netns $name link set lo up
  ip -netns $name link set eth0 up
  ip -netns $name address add 10.$number.0.2/24 dev eth0
  ip -netns $name route add default via 10.$number.0.1
  ip link set to-$name up
done
ip link set to-pod master cbr0
ip link set cbr0 up
ip address add 10.1.0.1/24 dev cbr0
ip address add 10.2.0.1/24 dev to-outside
ip address add 10.3.0.1/24 dev to-backend
ip route add default via 10.2.0.2
`;
execFileSync('sh', ['-euc', network], { stdio: ['ignore', 'ignore', 'inherit'] });

const program = (text: string) => [process.execPath, '--eval', text] as const;
const within = (namespace: string, [command, ...args]: readonly string[]) =>
  ['ip', ['netns', 'exec', namespace, command ?? '', ...args]] as const;

const answering = program(
  `require('node:net').createServer((one) => one.end(one.remoteAddress)).listen(80, '10.3.0.2', () => console.log('up'))`,
);
const backend = spawn(...within('backend', answering), { stdio: ['ignore', 'pipe', 'inherit'] });
await once(backend.stdout, 'data');

/** What is dropped has no end of its own. */
const asking = (address: string) =>
  program(
    `const one = require('node:net').connect(80, '${address}');
     one.on('data', (data) => console.log(String(data)));
     one.on('error', (error) => console.log(error.code));
     one.setTimeout(2000, () => { console.log('nothing'); one.destroy(); });`,
  );

await using connection = await openNftConnection();
console.log(
  JSON.stringify({
    bridge: await seenWith({ name: 'cbr0', isPrefix: false }),
    prefix: await seenWith({ name: 'cb', isPrefix: true }),
  }),
);
backend.kill();

async function seenWith(podInterface: PodInterface): Promise<SeenFrom> {
  await using dataplane = await createNftablesDataplane({
    family: 'IPv4',
    podCIDRs: [],
    podInterface,
    nodePortIPs: ['10.2.0.1'],
    nodeIPs: ['10.1.0.1', '10.2.0.1', '10.3.0.1'],
    masqueradeBit: 14,
    masqueradeAll: false,
    log: () => undefined,
    connection,
  });
  const state = { cluster: ['10.3.0.2'], loadBalancerIPs: ['1.2.3.4'], isExternalLocal: true };
  const changed = [port({ name: 'web', clusterIP: '172.30.0.41', ...state })];
  await dataplane.sync({ changed, removed: [], serviceCIDRs: [] });
  const [pod, outside, node] = await Promise.all(
    ['pod', 'outside', null].map(async (namespace) => ({
      clusterIP: await ask(namespace, '172.30.0.41'),
      onlyLocal: await ask(namespace, '1.2.3.4'),
    })),
  );
  if (!pod || !outside || !node) throw new Error('somebody did not ask');
  return { pod, outside, node };
}

async function ask(namespace: string | null, address: string): Promise<string> {
  const [command, ...args] = asking(address);
  const run = promisify(execFile);
  const { stdout } =
    namespace === null
      ? await run(command, args)
      : await run(...within(namespace, [command, ...args]));
  return stdout.trim();
}
