/** The connections that a proxy holds: counted, and ended together. */
import type { Socket } from 'node:net';
import type { L4Backend } from './backend.ts';
import { relay } from './relay.ts';
import { resetSocket } from './reset-socket.ts';

interface Held {
  readonly client: Socket;
  backend: L4Backend | null;
  upstream: Socket | null;
}

export class RelaySet implements Disposable {
  private readonly held = new Set<Held>();

  /** Of clients, those that still wait for their backend included. */
  get count(): number {
    return this.held.size;
  }

  /** Takes a client that waits for its backend; call what it returns when that is there. */
  hold(client: Socket): (upstream: Socket, backend: L4Backend) => void {
    const held: Held = { client, backend: null, upstream: null };
    this.held.add(held);
    const forget = () => {
      if (client.closed && (held.upstream === null || held.upstream.closed)) this.held.delete(held);
    };
    client.once('close', forget);
    client.on('error', () => undefined);
    return (upstream, backend) => {
      if (client.destroyed) {
        upstream.destroy();
        return;
      }
      held.upstream = upstream;
      held.backend = backend;
      upstream.once('close', forget);
      relay(client, upstream);
    };
  }

  /** Resets what leads to these backends, on both sides: their clients come back at once. */
  reset(isGone: (backend: L4Backend) => boolean): void {
    for (const { client, upstream, backend } of this.held) {
      if (backend === null || !isGone(backend)) continue;
      resetSocket(client);
      if (upstream) resetSocket(upstream);
    }
  }

  [Symbol.dispose](): void {
    for (const { client, upstream } of this.held) {
      client.destroy();
      upstream?.destroy();
    }
  }
}
