import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../testing/in-namespace.ts';

const reason = whyNoNamespace();
const module = new URL('connection.ts', import.meta.url).href;

describe.skipIf(reason !== null)(`a connection to nftables (${reason ?? 'to be had here'})`, () => {
  let said: unknown;
  beforeAll(async () => {
    said = await runInNamespace(new URL('testing/transactions.ts', import.meta.url));
  });

  it('runs one transaction after the other', () => {
    const shop = (elements: string) =>
      `table ip shop {\n\tset open {\n\t\ttype ipv4_addr . inet_service\n\t\tcomment "à la carte"\n${elements}\t}\n}\n`;
    expect(said).toMatchObject({
      listedText: [shop('\t\telements = { 10.0.0.1 . 1 }\n'), shop('')],
    });
  });

  it('lists as JSON, or without elements', () => {
    expect(said).toMatchObject({
      json: {
        nftables: expect.arrayContaining([
          expect.objectContaining({
            set: expect.objectContaining({
              name: 'open',
              elem: [{ concat: ['10.0.0.1', 443] }],
            }) as unknown,
          }),
        ]) as unknown,
      },
      terse: expect.not.stringContaining('443') as unknown,
    });
  });

  it('rejects with the words of nft, under the line that failed, and leaves nothing of it', () => {
    expect(said).toMatchObject({
      nothingOfIt:
        'NftError: line 2:21-24: Error: No such file or directory\n' +
        'add element ip shop shut { 1 }\n' +
        '                    ^^^^',
      refused:
        'NftError: line 1:31-42: Error: Could not process rule: No such file or directory\n' +
        'delete element ip shop open { 10.0.0.1 . 2 }\n' +
        '                              ^^^^^^^^^^^^',
      afterErrors: expect.not.stringContaining('10.0.0.2') as unknown,
    });
  });

  it('shows the place in a line of thousands of elements', () => {
    expect(said).toMatchObject({
      inLongLine: expect.stringMatching(
        /^NftError: line 1:\d+-\d+: Error: .*\n[^\n]{0,150}10\.0\.0\.3 \. 99999 }\n +\^+$/,
      ) as unknown,
    });
  });

  it('keeps no memory and no descriptors over 10,000 transactions', () => {
    const { grownBytes, descriptors } = said as { grownBytes: number; descriptors: number };
    expect(descriptors).toBe(0);
    expect(grownBytes).toBeLessThan(32 << 20);
  });

  it('lets the event loop go on', () => {
    expect((said as { turns: number }).turns).toBeGreaterThan(0);
  });

  it('knows what the kernel calls its socket', () => {
    expect(said).toMatchObject({ hasNetlinkPort: true });
  });

  it('refuses what comes after its end', () => {
    expect(said).toMatchObject({ closed: 'NftError: the connection is closed' });
  });
});

describe('without what nftables needs', () => {
  it.skipIf(reason !== null)('says which right is missing', () => {
    // A user namespace gives no right over the network that it did not make.
    const script = `await (await import('${module}')).openNftConnection()`;
    const ended = spawnSync('unshare', ['--user', process.execPath, '--eval', script]);
    expect(ended.stderr.toString()).toContain(
      'NftError: netlink: Error: cache initialization failed: Operation not permitted',
    );
  });
});
