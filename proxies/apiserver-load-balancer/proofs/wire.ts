/** The way to one apiserver of a proof's own: it can be cut, as when the process is killed, or fall silent, as when it is stopped. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { resetSocket } from '../../kit/l4/reset-socket.ts';

export interface Wire extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Connections are reset, and new ones refused. */
  cut(): Promise<void>;
  /** Connections live and are accepted, and nothing comes through any more. */
  hush(): void;
}

/** Passes bytes on to the apiserver at that address. */
export async function startWire(server: string): Promise<Wire> {
  const { hostname, port } = new URL(server);
  const pairs = new Set<readonly [Socket, Socket]>();
  let isHushed = false;
  const wires = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (near) => {
    near.on('error', () => undefined);
    if (isHushed) {
      const alone = [near, near] as const;
      pairs.add(alone);
      near.once('close', () => pairs.delete(alone));
      return;
    }
    const far = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const pair = [near, far] as const;
    pairs.add(pair);
    far.on('error', () => resetSocket(near));
    near.once('error', () => far.destroy());
    near.once('close', () => {
      far.destroy();
      pairs.delete(pair);
    });
    near.pipe(far);
    far.pipe(near);
  });
  wires.listen(0, '127.0.0.1');
  await once(wires, 'listening');
  const { address, port: ownPort } = wires.address() as AddressInfo;
  const cut = async () => {
    if (!wires.listening) return;
    const closed = once(wires, 'close');
    wires.close();
    for (const pair of pairs) for (const socket of pair) resetSocket(socket);
    await closed;
  };
  return {
    host: address,
    port: ownPort,
    cut,
    hush: () => {
      isHushed = true;
      for (const pair of pairs) {
        for (const socket of pair) {
          socket.unpipe();
          socket.pause();
        }
      }
    },
    [Symbol.asyncDispose]: cut,
  };
}
