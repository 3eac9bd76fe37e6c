import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseFlags } from '../../kit/flags.ts';
import { flags } from '../facts/flags.ts';
import { parseBackends } from '../sources/read-backends-file.ts';

interface StaticPod {
  readonly spec: {
    readonly hostNetwork: boolean;
    readonly containers: readonly {
      readonly args: readonly string[];
      readonly livenessProbe: { readonly httpGet: Readonly<Record<string, string | number>> };
    }[];
  };
}

const read = (name: string) =>
  readFile(new URL(`../../../deploy/apiserver-load-balancer.${name}`, import.meta.url), 'utf8');

it('is started, in its static pod, with flags that it has, on the machine’s own network', async () => {
  const { spec } = parse(await read('yaml')) as StaticPod;
  expect(spec.hostNetwork).toBe(true);
  const [container] = spec.containers;
  const [name, ...argv] = container?.args ?? [];
  expect(name).toBe('apiserver-lb');
  const { values } = parseFlags(flags, argv);
  expect(values.listen).toEqual(['0.0.0.0:8443', '[::]:8443']);
  const { host = '', port = 0 } = container?.livenessProbe.httpGet ?? {};
  expect(values['admin-bind-address']).toBe(`${host}:${port}`);
});

it('can read the list of backends that the static pod shows', async () => {
  const text = await read('yaml');
  const commented = /^#   backends:\n(?:#     .*\n)+/m.exec(text)?.[0] ?? '';
  const entries = parseBackends(commented.replaceAll(/^# {3}/gm, ''), 'backends.yaml');
  expect(entries.map(({ host }) => host)).toEqual(['192.0.2.11', '192.0.2.12', '192.0.2.13']);
});

it.each(['yaml', 'service'])('says what --dataplane=nftables needs more: %s', async (name) => {
  const comments = (await read(name)).replaceAll(/\n *# */g, ' ');
  const words = ['libnftables', 'root', 'NET_ADMIN', 'NET_RAW', 'net.ipv4.ip_forward=1'];
  for (const word of [...words, 'net.ipv6.conf.all.forwarding=1']) expect(comments).toContain(word);
});

it('is started by systemd with flags that it has, and reads the list again at reload', async () => {
  const unit = await read('service');
  const [, line = ''] = /^ExecStart=((?:.*\\\n)*.*)$/m.exec(unit) ?? [];
  const [, name, ...argv] = line.replaceAll('\\\n', ' ').split(/ +/);
  expect(name).toBe('apiserver-lb');
  expect(parseFlags(flags, argv).values['backends-file']).toBe('/etc/apiserver-lb/backends.yaml');
  expect(unit).toContain('ExecReload=/bin/kill -HUP $MAINPID');
});
