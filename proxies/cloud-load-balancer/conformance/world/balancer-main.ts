/** The load balancer as a process: does what it is told through its channel, and ends with it. */
import { serveCalls } from '../../../kit/testing/calls.ts';
import type { Dataplane, ForwardedFlow } from '../../forwarding.ts';
import { cleanUp } from '../../nftables/clean-up.ts';
import { createNftablesDataplane } from '../../nftables/nftables-dataplane.ts';
import { createUserspaceDataplane } from '../../userspace/userspace-dataplane.ts';
import type { BalancerAgent } from './balancer-methods.ts';
import { pools } from './places.ts';

const said: string[] = [];
const flows: ForwardedFlow[] = [];
const log = (line: string) => void said.push(line);
const addressPools = Object.values(pools);
let running: Dataplane | null = null;

function current(): Dataplane {
  if (running === null) throw new Error('Nobody forwards.');
  return running;
}

serveCalls({
  start: async (kind, device) => {
    running =
      kind === 'nftables'
        ? await createNftablesDataplane({ addressPools, interface: device ?? null, log })
        : await createUserspaceDataplane({ log });
  },
  replaceAll: (forwardings) => current().replaceAll(forwardings),
  ensure: (forwarding) => current().ensure(forwarding),
  remove: (name) => current().remove(name),
  watch: () => current().onFlow((flow) => flows.push(flow)).ready,
  flows: () => Promise.resolve([...flows]),
  die: () => Promise.resolve(void process.kill(process.pid, 'SIGKILL')),
  stop: async () => {
    const ending = running;
    running = null;
    await ending?.[Symbol.asyncDispose]();
  },
  cleanUp: () => cleanUp(addressPools, log),
  said: () => Promise.resolve([...said]),
} satisfies BalancerAgent);
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
