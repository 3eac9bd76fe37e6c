import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseEndpoint } from './endpoint.ts';
import { startPassThrough, type PassThrough } from './pass-through.ts';

let stack: AsyncDisposableStack;
let passThrough: PassThrough;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  passThrough = stack.use(await startPassThrough(['127.0.0.1:0']));
});
afterEach(() => stack.disposeAsync());

/** Greets with its name, and says it again when the client has said all. */
async function startBackend(name: string): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(name);
    socket.resume().once('end', () => socket.end(name));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function dial(): Socket {
  return connect({ ...parseEndpoint(passThrough.addresses[0] ?? ''), allowHalfOpen: true });
}

/** All that is said, once we have said nothing. */
async function ask(): Promise<string> {
  const socket = dial();
  socket.end();
  return text(socket);
}

describe('the way to the apiservers', () => {
  it('leads to those that are ready, in turn', async () => {
    passThrough.setBackends([await startBackend('one'), await startBackend('two')]);
    expect(await ask()).toBe('oneone');
    expect(await ask()).toBe('twotwo');
    expect(await ask()).toBe('oneone');
  });

  it('leads to the next where the first does not answer', async () => {
    passThrough.setBackends(['127.0.0.1:1', await startBackend('two')]);
    expect(await ask()).toBe('twotwo');
    expect(await ask()).toBe('twotwo');
  });

  it('cuts the connections to one that is no longer ready, and no others', async () => {
    const [one, two] = [await startBackend('one'), await startBackend('two')];
    passThrough.setBackends([one, two]);
    const [first, second] = [dial(), dial()];
    expect(String(await once(first, 'data'))).toBe('one');
    expect(String(await once(second, 'data'))).toBe('two');
    const cut = once(first, 'error');
    passThrough.setBackends([two]);
    expect((await cut)[0]).toMatchObject({ code: 'ECONNRESET' });
    second.end();
    expect(await text(second)).toBe('two');
  });

  it('waits at the start, and keeps to those that were there when none is ready', async () => {
    const early = ask();
    passThrough.setBackends([await startBackend('one')]);
    expect(await early).toBe('oneone');
    passThrough.setBackends([]);
    expect(await ask()).toBe('oneone');
  });
});
