import type { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRaw, statuses } from './testing/raw-client.ts';
import { serverNames, startServers, type Servers } from './testing/servers.ts';
import { upgradeCases, type UpgradeCase } from './upgrades.ts';

let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers[Symbol.asyncDispose]());
beforeEach(() => servers.target.forget());

const canary = 'GET /canary HTTP/1.1\r\nHost: x\r\n\r\n';

function upgrade(path: string, { headers = [], body = '' }: Partial<UpgradeCase>): string {
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: apiserver.test',
    'Authorization: Bearer jane',
    'Connection: Upgrade',
    'Upgrade: x',
    ...headers,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}${canary}`;
}

function play({ answer = '', endless, reaches = '' }: UpgradeCase): void {
  const begun = new WeakSet<Socket>();
  servers.target.answerWith((socket, text) => {
    const isWhole = text.endsWith(`\r\n\r\n${answer.includes(' 101 ') ? '' : reaches}`);
    if (begun.has(socket) || !isWhole) return;
    begun.add(socket);
    socket.write(answer, 'latin1');
    const more = () => {
      while (endless !== undefined && !socket.destroyed && socket.write(endless, 'latin1'));
    };
    socket.on('drain', more);
    more();
  });
}

describe.each(serverNames)('%s', (name) => {
  it.each(upgradeCases)('keeps apart what stands behind an upgrade: $name', async (asked) => {
    const { status, reaches, answer = '' } = asked;
    play(asked);
    using client = await connectRaw(servers.server[name]);
    client.send(upgrade(`${servers.web}/up`, asked));
    if (status === 101) {
      await client.until(/\r\n\r\n/);
      await servers.target.saw(/canary/);
    } else {
      await client.closed();
    }
    expect(statuses(client.text())).toEqual(status === 0 ? [] : [status]);
    // What a target said may be told of, in JSON.
    expect(client.text()).not.toMatch(/^(?!\{).*(?:canary|admin)/m);
    const [received, ...more] = servers.target.received();
    expect(more).toEqual([]);
    if (answer === '' && asked.endless === undefined) {
      // What of it was clear may have gone; it is no whole request.
      expect(received ?? '').not.toMatch(/canary|0\r\n\r\n/);
    } else {
      expect(received?.slice(received.indexOf('\r\n\r\n') + 4)).toBe(reaches);
      expect(received).not.toMatch(/Authorization|Bearer/i);
    }
  });

  it('reads nothing behind an upgrade that is not allowed', async () => {
    using client = await connectRaw(servers.server[name]);
    const vault = `/api/v1/namespaces/default/pods/vault:${servers.vault.port}/proxy/up`;
    client.send(upgrade(vault, {}));
    expect(statuses(await client.closed())).toEqual([403]);
    expect([servers.vault.received(), servers.target.received()]).toEqual([[], []]);
  });
});
