/** A process for tests that holds a cluster, one machine of it paused, until it is told to end. */
import { startCluster } from '../../cluster.ts';
import type { LabMode } from '../../topology.ts';

const [directory = '', mode] = process.argv.slice(2);
const cluster = await startCluster({
  directory,
  mode: mode as LabMode,
  topology: { apiservers: 1, nodes: 1 },
});
await new Promise<void>((resolve) => {
  const look = () => {
    if (cluster.machines().every(({ name, pid }) => name === 'client' || pid !== null)) resolve();
  };
  cluster.onChange(look);
  look();
});
await cluster.act('node-1', 'pause');
process.once('SIGTERM', () => void cluster[Symbol.asyncDispose]().then(() => process.exit(0)));
// Whoever has a lab goes on, also when the lab does not.
setInterval(() => undefined, 60_000);
process.send?.({ server: cluster.server });
