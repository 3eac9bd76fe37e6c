/** A machine's program for tests: serves `/healthz` on loopback, or does what it is told instead. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import { runProgram } from '../program.ts';

await runProgram(['broken-while', 'deaf', 'stuck'], async (flags) => {
  const { 'broken-while': file, deaf, stuck } = flags;
  if (file !== undefined && existsSync(file)) throw new Error('the disk is full');
  if (deaf !== undefined) {
    process.stdout.write('starting\n');
    await new Promise(() => setInterval(() => undefined, 1_000));
  }
  const server = createServer((request, response) => {
    if (request.url === '/crash') process.abort();
    response.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      if (stuck !== undefined) return Promise.withResolvers<undefined>().promise;
      server.close();
      server.closeAllConnections();
    },
  };
});
