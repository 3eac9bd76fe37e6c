/** Connections that begin at a backend that no longer gets any: the client's next SYN goes to another. */
import { deleteConntrack } from '../../kit/netlink/conntrack.ts';
import type { Backend } from '../backend.ts';
import type { ListenAddress } from '../dataplane.ts';
import { listTracked } from './tracked-connections.ts';

/** Nobody has heard of them but the client: nothing is lost. */
export async function forgetUnanswered(
  listen: readonly ListenAddress[],
  backends: readonly Backend[],
): Promise<void> {
  for (const backend of backends) {
    for await (const entries of listTracked(listen, backend)) {
      await deleteConntrack(entries.filter(({ tcpState }) => tcpState === 'SYN_SENT'));
    }
  }
}
