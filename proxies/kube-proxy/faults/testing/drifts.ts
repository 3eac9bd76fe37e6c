/** In a namespace: somebody takes the rules away while connections live, and new ones come all the time. */
import { execFileSync } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import { openFaultWorld } from './fault-world.ts';

await using world = await openFaultWorld();
const { traffic } = world;
const addresses = Array.from({ length: 20 }, (_, index) => world.serve(index + 1, 3));
const logged: string[] = [];
const proxy = await world.start({
  log: (line) => (console.error(line), logged.push(line)),
  settings: { minSyncPeriodMs: 1000 },
});
await proxy.synced;
for (const address of addresses) traffic.keep(address, 5);

const told = [];
for (const command of [
  'flush table ip kube-proxy',
  'delete table ip kube-proxy',
  'flush ruleset',
]) {
  const repaired = Promise.withResolvers<undefined>();
  const startedAt = performance.now();
  using listening = proxy.onSync(({ family, kind, error }) => {
    if (family === 'IPv4' && kind === 'full' && error === null) repaired.resolve(undefined);
  });
  const load = traffic.load(addresses);
  execFileSync('nft', [command]);
  await repaired.promise;
  listening[Symbol.dispose]();
  // A turn with each Service.
  for (let index = 0; index < 5 * addresses.length; index++) await turn();
  const { connected, failed, longestGapMs } = await load.stop();
  const reached = addresses.map((address) => traffic.connect(address));
  told.push({
    command,
    isHealed: reached.every((end) => end.startsWith('10.64.')),
    connected,
    failed,
    longestGapMs,
    healedMs: performance.now() - startedAt,
    echoing: traffic.echoing(),
  });
}
console.log(
  JSON.stringify({ told, logged: logged.filter((line) => line.includes('changed what')) }),
);
process.exit(0);
