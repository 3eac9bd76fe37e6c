import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { L4Backend } from './backend.ts';
import { dialLadder, dialTimeoutsMs } from './dial-ladder.ts';
import { startSilentBackend } from './testing/silent-backend.ts';

let stack: DisposableStack;
beforeEach(() => {
  stack = new DisposableStack();
});
afterEach(() => stack.dispose());

async function listening(onSocket: (socket: Socket) => void = () => undefined): Promise<L4Backend> {
  const server = createServer((socket) => {
    stack.defer(() => socket.destroy());
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => void server.close());
  return server.address() as AddressInfo;
}

const refusing: L4Backend = { address: '127.0.0.1', port: 1 };

describe('the dial ladder', () => {
  it('goes on to the next backend until one answers', async () => {
    const alive = await listening();
    const order = [refusing, refusing, alive];
    const failures: unknown[] = [];
    const dialled = await dialLadder({
      choose: (failed) => order[failed.length] ?? null,
      onFailure: (backend, error) => failures.push({ backend, error }),
    });
    stack.defer(() => dialled?.socket.destroy());
    expect(dialled?.backend).toBe(alive);
    expect(failures).toMatchObject([
      { backend: refusing, error: { code: 'ECONNREFUSED' } },
      { backend: refusing, error: { code: 'ECONNREFUSED' } },
    ]);
  });

  it('does not wait long for one that says nothing', async () => {
    await using silent = await startSilentBackend();
    const alive = await listening();
    const failures: unknown[] = [];
    const dialled = await dialLadder({
      choose: (failed) => (failed.length < 2 ? silent : alive),
      onFailure: (_, error) => failures.push(error),
    });
    stack.defer(() => dialled?.socket.destroy());
    expect(dialled?.backend).toBe(alive);
    expect(failures).toMatchObject([{ code: 'ETIMEDOUT' }, { code: 'ETIMEDOUT' }]);
  });

  it('gives up after as many attempts as it has timeouts', async () => {
    let attempts = 0;
    const dialled = await dialLadder({
      choose: () => {
        attempts += 1;
        return refusing;
      },
    });
    expect(dialled).toBeNull();
    expect(attempts).toBe(dialTimeoutsMs.length);
  });

  it('dials nobody for a client that has gone', async () => {
    const dialled = await dialLadder({
      choose: () => expect.unreachable('nobody waits'),
      isGivenUp: () => true,
    });
    expect(dialled).toBeNull();
  });
});
