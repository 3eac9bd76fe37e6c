import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPodLink } from './pod-link.ts';

/** Writes down its commands, answers as iproute2 does, and falls at an address that ends in 66. */
const ip = (journal: string) => `#!/bin/sh
while read -r line; do
  echo "$line" >> '${journal}'
  case "$line" in
    *.66/32*) exit 1 ;;
    'link show'*) echo 'link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00' ;;
  esac
done
`;

describe('the link of the pods', () => {
  let directory: string;
  let journal: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hop-link-'));
    journal = join(directory, 'journal');
    await writeFile(join(directory, 'ip'), ip(journal));
    await chmod(join(directory, 'ip'), 0o755);
    vi.stubEnv('PATH', `${directory}${delimiter}${process.env.PATH}`);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true });
  });

  it('starts ip anew when it has died, and keeps what is there already', async () => {
    await using link = openPodLink('pods', ['10.244.1.0/24']);
    await link.add(['10.244.1.2']);
    await expect(link.add(['10.244.1.66'])).rejects.toThrow('ip has ended');
    await link.add(['10.244.1.3']);
    await link.remove(['10.244.1.2']);
    const commands = (await readFile(journal, 'utf8')).split('\n');
    expect(commands.filter((line) => line.startsWith('addr'))).toEqual([
      'addr flush dev pods to 10.244.1.0/24',
      'addr replace 10.244.1.2/32 dev pods',
      'addr replace 10.244.1.66/32 dev pods',
      'addr replace 10.244.1.3/32 dev pods',
      'addr del 10.244.1.2/32 dev pods',
    ]);
  });
});
