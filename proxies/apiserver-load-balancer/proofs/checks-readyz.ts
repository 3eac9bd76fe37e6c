/**
 * One of two apiservers hangs: it is still connected to, and does not answer. Soon all connections are served
 * by the other. Refuted by a load balancer that is content when it can connect.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { defineProof, type Notebook } from '../../kit/proof.ts';
import { checksReadyzClaim } from '../facts/claims.ts';
import { balancedWorld, balancer } from './balanced-world.ts';
import { causeOf } from './client.ts';
import { startConnector } from './connector.ts';
import { untilInARow } from './in-a-row.ts';
import type { Wire } from './wire.ts';

const { path, inARow } = checksReadyzClaim.values;
/** An answer that comes later is none. */
const patienceMs = 800;
const limits = { inARow, mostFailed: 4, withinMs: 8000 };

export const checksReadyz = defineProof({
  claimed: (laboratory) => balancedWorld(laboratory, 2, balancer()),
  refuted: (laboratory) =>
    balancedWorld(laboratory, 2, ({ apiservers }) =>
      startConnector(apiservers.map(({ backend }) => backend)),
    ),
  probe: async ({ apiservers, place }, notebook: Notebook) => {
    const [first] = apiservers;
    if (!first) throw new Error('there is no apiserver');
    const { wire } = first;
    wire.hush();
    const cause = await connectTo(wire);
    const address = `${wire.host}:${wire.port}`;
    notebook.check(cause === '', 'connects', { address, cause });

    const { isThere, tried, failed } = await untilInARow({ place, patienceMs, ...limits });
    notebook.check(isThere, 'served', { inARow, tried, failed });
    const asked = apiservers.filter(({ apiserver }) =>
      apiserver.requests.some(({ target }) => target === path),
    );
    notebook.check(asked.length === apiservers.length, 'asked', { path });
  },
});

/** Empty where it worked, or else why not. */
async function connectTo({ host, port }: Wire): Promise<string> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(patienceMs) });
    return '';
  } catch (error) {
    return causeOf(error);
  } finally {
    socket.destroy();
  }
}
