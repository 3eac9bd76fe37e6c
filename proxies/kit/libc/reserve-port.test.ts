import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { expect, it } from 'vitest';
import { reservePort } from './reserve-port.ts';

/** Where nobody else of this machine is. */
const quiet = '127.66.1.9';

async function listen(port: number, host = '127.0.0.1'): Promise<Server> {
  const server = createServer();
  await once(server.listen(port, host), 'listening');
  return server;
}

it('has a port alone, and refuses who comes', async () => {
  using reserved = await reservePort('127.0.0.1', 0);
  const { port } = reserved;
  await expect(listen(port)).rejects.toThrow('EADDRINUSE');
  await expect(reservePort('127.0.0.1', port)).rejects.toMatchObject({
    code: 'EADDRINUSE',
    syscall: 'listen',
    address: '127.0.0.1',
    port,
  });
  const [error] = (await once(connect(port, '127.0.0.1'), 'error')) as [Error];
  expect(error.message).toContain('ECONNREFUSED');
});

it('has a port that was asked for alone, and gives it back', async () => {
  const { port } = await reservePort(quiet, 0).then((first) => {
    first[Symbol.dispose]();
    return first;
  });
  const reserved = await reservePort(quiet, port);
  expect(reserved.port).toBe(port);
  await expect(listen(port, quiet)).rejects.toThrow('EADDRINUSE');
  await expect(reservePort('0.0.0.0', port)).rejects.toThrow('EADDRINUSE');
  reserved[Symbol.dispose]();
  (await listen(port, quiet)).close();
});

it('takes no port on which somebody listens', async () => {
  const server = await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  await expect(reservePort('127.0.0.1', address.port)).rejects.toThrow(
    `listen EADDRINUSE: address already in use 127.0.0.1:${address.port}`,
  );
  server.close();
});
