import { expect, it } from 'vitest';
import type { Backend } from '../backend.ts';
import { tableChange, wholeTable } from './rules.ts';

const backend = (address: string): Backend => ({
  name: `${address}:6443`,
  address,
  port: 6443,
  family: address.includes(':') ? 'IPv6' : 'IPv4',
});
const [one, two, three] = ['10.0.0.11', '10.0.0.12', '10.0.0.13'].map(backend) as [
  Backend,
  Backend,
  Backend,
];

it('is a table for all addresses', () => {
  const table = wholeTable(
    { family: 'IPv4', listen: [{ host: '0.0.0.0', port: 6443 }] },
    { turns: [one, two], backends: [one, two, three] },
  );
  expect(table.join('\n')).toMatchInlineSnapshot(`
    "add table ip apiserver-lb { comment "the load balancer in front of the apiservers" ; }
    delete table ip apiserver-lb
    add table ip apiserver-lb { comment "the load balancer in front of the apiservers" ; }
    add counter ip apiserver-lb accepted
    add counter ip apiserver-lb refused
    add set ip apiserver-lb backends { type ipv4_addr . inet_service ; comment "who has connections from here" ; }
    add element ip apiserver-lb backends { 10.0.0.11 . 6443, 10.0.0.12 . 6443, 10.0.0.13 . 6443 }
    add chain ip apiserver-lb balance
    add chain ip apiserver-lb strays
    add chain ip apiserver-lb untracked { type filter hook output priority -300 ; }
    add chain ip apiserver-lb filter-prerouting { type filter hook prerouting priority -110 ; }
    add chain ip apiserver-lb filter-output { type filter hook output priority -110 ; }
    add chain ip apiserver-lb nat-prerouting { type nat hook prerouting priority -100 ; }
    add chain ip apiserver-lb nat-output { type nat hook output priority -100 ; }
    add chain ip apiserver-lb nat-postrouting { type nat hook postrouting priority 100 ; }
    add rule ip apiserver-lb balance meta l4proto tcp counter name "accepted" dnat ip to numgen inc mod 2 map { 0 : 10.0.0.11 . 6443, 1 : 10.0.0.12 . 6443 }
    add rule ip apiserver-lb strays ct state new tcp flags & (fin | syn | rst | ack) != syn reject with tcp reset comment "segments of connections that are no more"
    add rule ip apiserver-lb untracked meta mark 0x1b tcp flags & (fin | syn | rst | ack) == syn notrack comment "what wakes the clients of dead backends"
    add rule ip apiserver-lb filter-prerouting ct state established,related accept
    add rule ip apiserver-lb filter-prerouting tcp dport 6443 ip daddr != 127.0.0.0/8 fib daddr type local jump strays
    add rule ip apiserver-lb filter-prerouting tcp dport 6443 ip daddr != 127.0.0.0/8 fib daddr type local ct state invalid drop
    add rule ip apiserver-lb filter-prerouting ct state invalid ip saddr . tcp sport @backends drop comment "else it would be answered with a reset"
    add rule ip apiserver-lb filter-output ct state established,related accept
    add rule ip apiserver-lb filter-output tcp dport 6443 ip daddr != 127.0.0.0/8 fib daddr type local jump strays
    add rule ip apiserver-lb nat-prerouting tcp dport 6443 ip daddr != 127.0.0.0/8 fib daddr type local goto balance
    add rule ip apiserver-lb nat-output tcp dport 6443 ip daddr != 127.0.0.0/8 fib daddr type local goto balance
    add rule ip apiserver-lb nat-postrouting oifname != "lo" meta l4proto tcp ct status dnat ct original proto-dst 6443 ip daddr . tcp dport @backends masquerade fully-random"
  `);
});

it('is a table for one address of IPv6, of which nobody gets a connection', () => {
  const table = wholeTable(
    { family: 'IPv6', listen: [{ host: '2001:db8::2', port: 443 }] },
    { turns: [], backends: [] },
  );
  expect(table.join('\n')).toMatchInlineSnapshot(`
    "add table ip6 apiserver-lb { comment "the load balancer in front of the apiservers" ; }
    delete table ip6 apiserver-lb
    add table ip6 apiserver-lb { comment "the load balancer in front of the apiservers" ; }
    add counter ip6 apiserver-lb accepted
    add counter ip6 apiserver-lb refused
    add set ip6 apiserver-lb backends { type ipv6_addr . inet_service ; comment "who has connections from here" ; }
    add chain ip6 apiserver-lb balance
    add chain ip6 apiserver-lb strays
    add chain ip6 apiserver-lb untracked { type filter hook output priority -300 ; }
    add chain ip6 apiserver-lb filter-prerouting { type filter hook prerouting priority -110 ; }
    add chain ip6 apiserver-lb filter-output { type filter hook output priority -110 ; }
    add chain ip6 apiserver-lb nat-prerouting { type nat hook prerouting priority -100 ; }
    add chain ip6 apiserver-lb nat-output { type nat hook output priority -100 ; }
    add chain ip6 apiserver-lb nat-postrouting { type nat hook postrouting priority 100 ; }
    add rule ip6 apiserver-lb balance counter name "refused" comment "nobody may have it: the kernel refuses it"
    add rule ip6 apiserver-lb strays ct state new tcp flags & (fin | syn | rst | ack) != syn reject with tcp reset comment "segments of connections that are no more"
    add rule ip6 apiserver-lb untracked meta mark 0x1b tcp flags & (fin | syn | rst | ack) == syn notrack comment "what wakes the clients of dead backends"
    add rule ip6 apiserver-lb filter-prerouting ct state established,related accept
    add rule ip6 apiserver-lb filter-prerouting ip6 daddr 2001:db8::2 tcp dport 443 jump strays
    add rule ip6 apiserver-lb filter-prerouting ip6 daddr 2001:db8::2 tcp dport 443 ct state invalid drop
    add rule ip6 apiserver-lb filter-prerouting ct state invalid ip6 saddr . tcp sport @backends drop comment "else it would be answered with a reset"
    add rule ip6 apiserver-lb filter-output ct state established,related accept
    add rule ip6 apiserver-lb filter-output ip6 daddr 2001:db8::2 tcp dport 443 jump strays
    add rule ip6 apiserver-lb nat-prerouting ip6 daddr 2001:db8::2 tcp dport 443 goto balance
    add rule ip6 apiserver-lb nat-output ip6 daddr 2001:db8::2 tcp dport 443 goto balance
    add rule ip6 apiserver-lb nat-postrouting oifname != "lo" meta l4proto tcp ct status dnat ct original ip6 daddr 2001:db8::2 ct original proto-dst 443 ip6 daddr . tcp dport @backends masquerade fully-random"
  `);
});

it('changes the one rule that deals connections out, and who has some', () => {
  const before = { turns: [one, two], backends: [one, two] };
  expect(tableChange('IPv4', before, { turns: [two, three], backends: [two, three] })).toEqual([
    'delete element ip apiserver-lb backends { 10.0.0.11 . 6443 }',
    'add element ip apiserver-lb backends { 10.0.0.13 . 6443 }',
    'flush chain ip apiserver-lb balance',
    'add rule ip apiserver-lb balance meta l4proto tcp counter name "accepted" ' +
      'dnat ip to numgen inc mod 2 map { 0 : 10.0.0.12 . 6443, 1 : 10.0.0.13 . 6443 }',
  ]);
});

it('changes nothing where nothing is different', () => {
  const contents = { turns: [one, two], backends: [one, two] };
  expect(tableChange('IPv4', contents, structuredClone(contents))).toEqual([]);
});
