import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { resolveName } from './resolve-name.ts';

it('tells a name that nobody knows from a server that does not answer', async () => {
  const server = createSocket('udp4');
  let isDeaf = false;
  // NXDOMAIN: the question sent back as an answer.
  server.on('message', (question, { port, address }) => {
    if (isDeaf) return;
    const answer = Buffer.from(question);
    answer.writeUInt16BE(0x8183, 2);
    server.send(answer, port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const options = {
    hosts: new Map(),
    nameservers: [`127.0.0.1:${server.address().port}`],
    searches: ['svc.cluster.local'],
    localAddress: '127.0.0.1',
  };
  expect(await resolveName('web', options)).toEqual([]);
  isDeaf = true;
  expect(await resolveName('web', options)).toBeUndefined();
  server.close();
});
