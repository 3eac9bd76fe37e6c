/** What stands before an apiserver, so that it can be killed: nobody answers, and what was open breaks off. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Door extends AsyncDisposable {
  /** `http://127.0.0.1:40001`, the same each time it is open. */
  readonly url: string;
  open(): Promise<void>;
  close(): void;
  /** Closes it with the first request of which this is true; resolves then. */
  closeAt(isTime: (request: string) => boolean): Promise<void>;
}

/** It is open. @param target `http://127.0.0.1:40000` */
export async function openDoor(target: string): Promise<Door> {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;
  let watcher: { isTime: (request: string) => boolean; tell: () => void } | null = null;

  const close = () => {
    server?.close();
    server = null;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const serve = (inside: Socket) => {
    const outside = connect(Number(new URL(target).port), '127.0.0.1');
    for (const socket of [inside, outside]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => {
        inside.destroy();
        outside.destroy();
      });
    }
    outside.pipe(inside);
    inside.on('data', (bytes) => {
      if (watcher?.isTime(bytes.toString('latin1')) === true) {
        close();
        watcher.tell();
        watcher = null;
      } else {
        outside.write(bytes);
      }
    });
  };
  const open = async () => {
    server = createServer(serve).listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  await open();
  return {
    url: `http://127.0.0.1:${port}`,
    open,
    close,
    closeAt: (isTime) =>
      new Promise((tell) => {
        watcher = { isTime, tell };
      }),
    [Symbol.asyncDispose]: async () => close(),
  };
}
