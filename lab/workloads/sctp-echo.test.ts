import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const conversation = fileURLToPath(new URL('testing/sctp-conversation.ts', import.meta.url));
const inNamespace = ['--user', '--map-root-user', '--net', process.execPath];
const hasNamespaces = await run('unshare', [...inNamespace, '--version']).then(
  () => true,
  () => false,
);

describe.skipIf(!hasNamespaces)('sctp-echo', () => {
  it.each([
    ['127.0.0.2', '127.0.0.3', '127.0.0.2:9999', '127.0.0.3:PORT'],
    ['::1', '::1', '[::1]:9999', '[::1]:PORT'],
  ])('converses at %s with %s', async (address, from, own, peer) => {
    const { stdout } = await run('unshare', [...inNamespace, conversation, address, from]);
    expect(JSON.parse(stdout)).toEqual({
      isEchoWhole: true,
      stream: 3,
      protocol: 7,
      told: `pod=default/web-0 node=node-1 self=${own} peer=${peer}\n`,
      refused: expect.stringContaining('no answer') as unknown,
      how: 'shutdown',
      exitCode: 0,
      logged: [
        `listening on ${address} port 9999/sctp`,
        `${peer} association established`,
        `${peer} association closed: shutdown`,
      ],
    });
  });

  it('says what it lacks where raw sockets are not allowed', async () => {
    const script = `
      const { start } = await import('${new URL('sctp-echo.ts', import.meta.url).href}');
      const ports = [{ containerPort: 9999, protocol: 'SCTP' }];
      await start({ addresses: ['127.0.0.1'], ports, log: console.error }).catch(({ message }) => console.log(message));
    `;
    // A user namespace gives no right over the network that it did not make.
    const { stdout } = await run('unshare', ['--user', process.execPath, '--eval', script]);
    expect(stdout).toBe('SCTP endpoint: raw socket: EPERM (CAP_NET_RAW is needed)\n');
  });
});
