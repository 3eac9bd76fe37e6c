import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { defaultConntrackSettings as defaults, setConntrackSysctls } from './sysctls.ts';

const sysctl = (name: string) => `proc/sys/net/netfilter/nf_conntrack_${name}`;
const hashsize = 'sys/module/nf_conntrack/parameters/hashsize';
const kernel = {
  [sysctl('max')]: '65536\n',
  [sysctl('tcp_timeout_established')]: '432000\n',
  [sysctl('tcp_timeout_close_wait')]: '60\n',
  [sysctl('tcp_be_liberal')]: '0\n',
  [sysctl('udp_timeout')]: '30\n',
  [sysctl('udp_timeout_stream')]: '120\n',
  [hashsize]: '16384\n',
};

it("sets upstream's defaults, and leaves UDP as it is", async () => {
  const machine = await layMachine();
  await machine.set(defaults, 2);
  expect(await machine.values()).toEqual({
    ...kernel,
    [sysctl('max')]: '131072',
    [sysctl('tcp_timeout_established')]: '86400',
    [sysctl('tcp_timeout_close_wait')]: '3600',
    [hashsize]: '32768',
  });
  expect(machine.lines).toEqual([]);
});

it.each([
  [2, '131072'],
  [8, '262144'],
  [64, '1048576'],
])('lets %i cores have %s entries', async (cores, max) => {
  const machine = await layMachine();
  await machine.set(defaults, cores);
  expect(await machine.values()).toMatchObject({ [sysctl('max')]: max });
});

it('sets what is asked for, and nothing where 0 is', async () => {
  const machine = await layMachine();
  const settings = {
    maxPerCore: 0,
    min: 131_072,
    tcpEstablishedTimeout: 0,
    tcpCloseWaitTimeout: 0,
    tcpBeLiberal: true,
    udpTimeout: 10,
    udpStreamTimeout: 20,
  };
  await machine.set(settings, 2);
  expect(await machine.values()).toEqual({
    ...kernel,
    [sysctl('tcp_be_liberal')]: '1',
    [sysctl('udp_timeout')]: '10',
    [sysctl('udp_timeout_stream')]: '20',
  });
});

it('keeps a larger table of hashes', async () => {
  const machine = await layMachine({ ...kernel, [hashsize]: '262144\n' });
  await machine.set(defaults, 2);
  expect(await machine.values()).toMatchObject({ [hashsize]: '262144\n' });
});

it('logs once what it may not set, and sets the rest', async () => {
  const here = Object.entries(kernel).filter(([path]) => !/max|hashsize/.test(path));
  const machine = await layMachine(Object.fromEntries(here));
  await machine.set(defaults, 2);
  expect(machine.lines).toEqual([
    expect.stringMatching(
      /^W\d{4} .* hop\] conntrack: may not set nf_conntrack_max=131072 \(ENOENT\), hashsize=32768 \(ENOENT\)$/,
    ),
  ]);
  expect(await machine.values()).toMatchObject({ [sysctl('tcp_timeout_close_wait')]: '3600' });
});

async function layMachine(files: Readonly<Record<string, string>> = kernel) {
  const root = await mkdtemp(join(tmpdir(), 'hop-sysctls-'));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const lines: string[] = [];
  return {
    lines,
    set: (settings: typeof defaults, cores: number) =>
      setConntrackSysctls(settings, { root, cores, log: (line) => lines.push(line) }),
    values: async () =>
      Object.fromEntries(
        await Promise.all(
          Object.keys(files).map(
            async (path) => [path, await readFile(join(root, path), 'utf8')] as const,
          ),
        ),
      ),
  };
}
