import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { loadMessages, messageTags } from '../kit/messages.ts';
import { runHere } from '../kit/testing/run-here.ts';
import { command } from './command.ts';

it.each(messageTags)('lists its flags in %s', async (tag) => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const messages = loadMessages(tag);
  const io = { env: {}, stdin: process.stdin, stdout, stderr, messages, isHinting: true };
  expect(await command.run(['--help'], io)).toBe(0);
  stdout.end();
  const said = await text(stdout);
  expect(said).toMatch(/^ {6}--address-pool strings/m);
  // Every group and flag has its words.
  expect(said).not.toMatch(/\b(?:cli|groups|flags)\.[a-z]/);
});

it('tells its version', async () => {
  const { status, stdout } = await runHere(command, ['--version']);
  expect(stdout).toMatch(/^hop \d+\.\d+\.\d+\n$/);
  expect(status).toBe(0);
});

describe('hop cloud-lb ends with what to do next', () => {
  it.each([
    ['no cluster', [], 'neither a kubeconfig nor a master was given', 'Give a kubeconfig with'],
    [
      'no such kubeconfig',
      ['--kubeconfig=/nonexistent/config'],
      'stat /nonexistent/config: no such file or directory',
      '--kubeconfig names the file',
    ],
    ['an argument', ['start'], '"cloud-lb" does not take any arguments, got ["start"]', '--help'],
    ['an unknown flag', ['--pool=a'], 'unknown flag: --pool', '--help'],
    ['a number that is none', ['--concurrent-service-syncs=many'], 'invalid syntax', '--help'],
    [
      'nobody at work',
      ['--concurrent-service-syncs=0'],
      '--concurrent-service-syncs: 0 is too few: must be 1 or more',
      'such as --concurrent-service-syncs=1',
    ],
    [
      'a provider that is nearly one',
      ['--provider=metalb'],
      '--provider: unknown value "metalb"',
      'Did you mean --provider metallb? These are there: hop, aws-nlb',
    ],
    [
      'a provider that is none',
      ['--provider=xxxxxxxxxx'],
      '--provider: unknown value "xxxxxxxxxx"',
      '--provider takes one of: hop, aws-nlb',
    ],
    [
      'checks of a provider that does none',
      ['--provider=metallb', '--check-interval=1s'],
      '--check-interval: metallb checks no nodes',
      'Leave --check-interval out',
    ],
    [
      'checks in the past',
      ['--check-timeout=-1s'],
      '--check-timeout: -1s is too short',
      'Write a duration',
    ],
    [
      'an annotation that is none',
      ['--provider-annotation=a b'],
      '--provider-annotation: "a b" is no qualified name',
      'Write the key of an annotation',
    ],
    [
      'a class that is none',
      ['--load-balancer-class=/x'],
      '--load-balancer-class: "/x" is no qualified name',
      'Write a name as of a label',
    ],
    [
      'a pool that is none',
      ['--address-pool=192.0.2'],
      '--address-pool: "192.0.2" is neither a CIDR nor a range of addresses',
      'Write a network or a range',
    ],
    [
      'no pool',
      ['--address-pool='],
      '--address-pool names no addresses',
      'Write a network or a range',
    ],
    [
      'pools with addresses in common',
      ['--address-pool=127.0.113.0/24,127.0.113.200-127.0.114.3'],
      '127.0.113.0/24 and 127.0.113.200-127.0.114.3 have addresses in common',
      'Name each address once',
    ],
    [
      'everything',
      ['--address-pool=0.0.0.0/0'],
      '--address-pool: 0.0.0.0/0 is too large',
      'Give a smaller one',
    ],
    [
      'multicast',
      ['--address-pool=239.1.1.0/24'],
      '239.1.1.0/24 has addresses that nobody can have: multicast (RFC 1112)',
      'Take addresses that are nobody else’s',
    ],
    [
      'the kernel on loopback',
      ['--dataplane=nftables'],
      '127.0.113.0/24 is on loopback, where the kernel forwards nothing',
      'Packets from outside never reach 127.0.0.0/8',
    ],
    [
      'a dataplane that is none',
      ['--dataplane=ebpf'],
      'unknown value "ebpf"',
      'userspace, nftables',
    ],
    ['a mode that is none', ['--ip-mode=vip'], 'unknown value "vip"', 'one of: Proxy, VIP'],
    [
      'packets as clients sent them, from user space',
      ['--ip-mode=VIP'],
      '--ip-mode VIP: the userspace dataplane ends connections',
      'Take --dataplane nftables',
    ],
    [
      'doors on 127.0.0.1, from the kernel',
      ['--enable-lb-port-mapping', '--dataplane=nftables', '--address-pool=192.0.2.0/24'],
      '--enable-lb-port-mapping: the nftables dataplane forwards nothing that comes from this machine itself',
      'Take --dataplane userspace',
    ],
    [
      'an interface that is none',
      ['--interface=nowhere0'],
      '--interface: this machine has no interface "nowhere0"',
      'ip -brief address',
    ],
    ['a path for an interface', ['--interface=..'], 'no interface ".."', 'ip -brief address'],
    [
      'a port alone',
      ['--admin-bind-address=10258'],
      '--admin-bind-address: "10258" is no address to listen on: must be IP:port',
      'Write address:port',
    ],
    ['no time for a call', ['--sync-timeout=0s'], '--sync-timeout: 0s is too short', 'duration'],
    [
      'a Lease that ends before it is given up',
      ['--leader-elect-renew-deadline=15s'],
      '--leader-elect: leaseDuration must be greater than renewDeadline',
      'Let each be longer than the next',
    ],
    [
      'no second try',
      ['--leader-elect-retry-period=9s'],
      '--leader-elect: renewDeadline must be greater than retryPeriod*JitterFactor',
      'Let each be longer than the next',
    ],
    [
      'a Lease without a name',
      ['--leader-elect-resource-name='],
      '--leader-elect-resource-name: "" is no name of a Lease',
      'Write lower-case letters',
    ],
    [
      'a namespace that is none',
      ['--leader-elect-resource-namespace=Kube'],
      '--leader-elect-resource-namespace: "Kube" is no name of a namespace',
      'Write lower-case letters',
    ],
  ])('for %s', async (_, argv, message, hint) => {
    const { status, stdout, stderr } = await runHere(command, argv, true);
    const [first = '', ...rest] = stderr.split('\n');
    expect(first).toMatch(/^error: /);
    expect(first).toContain(message);
    expect(rest.join('\n')).toContain(hint);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });
});
