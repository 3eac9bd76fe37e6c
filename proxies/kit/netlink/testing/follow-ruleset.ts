/** In a namespace: what is told when the ruleset changes, by whom. */
import { execFileSync } from 'node:child_process';
import { openNftConnection } from '../../nftables/connection.ts';
import { watchRuleset } from '../watch-ruleset.ts';

await using ours = await openNftConnection();
const told: { who: string; tables: readonly string[] | null }[] = [];
const watch = await watchRuleset([ours.netlinkPort ?? -1], ({ who, tables }) => {
  told.push({ who: who.replace(/\d+/, 'ID'), tables: tables && [...tables] });
});
const nft = (command: string) => execFileSync('nft', [command]);
const elements = Array.from({ length: 100_000 }, (_, index) => {
  return `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
});

await ours.run('add table ip kube-proxy\nadd set ip kube-proxy every { type ipv4_addr; }');
for (let at = 0; at < elements.length; at += 5000) {
  await ours.run(`add element ip kube-proxy every { ${elements.slice(at, at + 5000).join(', ')} }`);
}
nft('add table ip6 other; add chain ip6 other ours');
await untilTold(1);
nft('delete table ip kube-proxy');
await untilTold(2);
await ours.run('add table ip kube-proxy\nadd table inet both');
nft('flush ruleset');
await untilTold(3);

// While nobody here reads: more than the kernel keeps for us.
await ours.run('add table ip kube-proxy\nadd set ip kube-proxy every { type ipv4_addr; }');
for (let at = 0; at < elements.length; at += 5000) {
  nft(`add element ip kube-proxy every { ${elements.slice(at, at + 5000).join(', ')} }`);
}
await untilTold(4);

watch[Symbol.dispose]();
const { promise: isTold, resolve } = Promise.withResolvers<unknown>();
const other = await watchRuleset([], resolve);
nft('add table ip afterwards');
await isTold;
other[Symbol.dispose]();
console.log(JSON.stringify(told));
process.exit(0);

async function untilTold(count: number): Promise<void> {
  while (told.length < count) await new Promise(setImmediate);
}
