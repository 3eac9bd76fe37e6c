/**
 * A request, a watch and an `exec` by every way there is: with each load balancer that is installed, and
 * without any. Refuted by a proxy that ends TLS in the same place.
 */
import { findProgram } from '../../kit/find-program.ts';
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import type { ImplementationName } from '../balancer.ts';
import { labWays } from './lab-ways.ts';
import { startOwnBalancer, type OwnBalancer } from './own-balancer.ts';
import { makeHappen, ownCluster, startPod, watchedPath, type OwnCluster } from './own-cluster.ts';
import { shorten } from './shorten.ts';
import { startTerminator } from './terminator.ts';
import { travel } from './trip.ts';
import type { Way } from './way.ts';

const patienceMs = 6000;
const happened = 'before';
/** Nothing is to be noticed here: whoever is slow on a busy machine is not to be taken for dead. */
const calm = { checkIntervalMs: 10_000, isAwaited: false };

/** By its name, which is the same in every language. */
const programs: Readonly<Record<ImplementationName, string>> = {
  hop: 'hop apiserver-lb',
  nginx: 'nginx',
  haproxy: 'HAProxy',
};
const names = Object.keys(programs) as ImplementationName[];

interface WaysWorld extends AsyncDisposable {
  readonly ways: readonly Way[];
  /** Programs that are not installed. */
  readonly absent: readonly string[];
}

export const varies = defineProof<WaysWorld>({
  claimed: async (laboratory, { hop: onHop }) => {
    const present = names.filter((name) => name === 'hop' || findProgram(name) !== null);
    const absent = names.filter((name) => !present.includes(name)).map((name) => programs[name]);
    const [own, lab] = await Promise.all([
      ownWays(laboratory, ({ apiservers, asker: { caPem } }) => {
        const backends = apiservers.map(({ backend }) => backend);
        return present.map((implementation) => ({
          name: programs[implementation],
          starting: startOwnBalancer(laboratory, { implementation, backends, caPem, ...calm }),
        }));
      }),
      labWays(laboratory, programs.hop, onHop),
    ]);
    return { ...own, ways: [...own.ways, ...lab], absent };
  },
  refuted: async (laboratory) => {
    const world = await ownWays(laboratory, (cluster) => [
      { name: 'HTTPS', starting: startTerminator(cluster) },
    ]);
    return { ...world, absent: [] };
  },
  probe: async ({ ways, absent }, notebook: Notebook) => {
    for (const program of absent) notebook.saw('absent', { program });
    const went = await Promise.all(ways.map(async (way) => ({ ...way, came: await way.go() })));
    for (const { name: way, expects, came } of went) {
      const { answer, watched, executed } = came;
      const { status, fingerprint256, cause } = answer;
      const certificate = shorten(fingerprint256);
      const isFrom = expects.fingerprints.includes(fingerprint256);
      if (status !== 200) notebook.check(false, 'answered', { way, status, cause });
      if (!isFrom) notebook.check(false, 'certificate', { way, certificate });
      if (watched.name === '') notebook.check(false, 'watched', { way, cause: watched.cause });
      if (executed.said !== expects.says) {
        notebook.check(false, 'executed', { way, cause: executed.cause || executed.said });
      }
      notebook.check(true, way === '' ? 'directly' : 'same', { way, certificate });
    }
    const tried = new Set(ways.map(({ name }) => name).filter(Boolean));
    const others = [...tried].filter((name) => !name.startsWith(programs.hop));
    const isDirect = ways.some(({ name }) => name === '');
    notebook.check(isDirect && others.length > 0, 'enough', { ways: [...tried] });
  },
});

interface InFront {
  readonly name: string;
  readonly starting: Promise<OwnBalancer>;
}

/** The ways to apiservers of the proof's own: directly, and through those. */
async function ownWays(
  laboratory: Laboratory,
  inFront: (cluster: OwnCluster) => readonly InFront[],
): Promise<AsyncDisposable & { readonly ways: readonly Way[] }> {
  await using starting = new AsyncDisposableStack();
  const cluster = starting.use(await ownCluster(laboratory, 2));
  const pod = starting.use(await startPod(cluster));
  await makeHappen(cluster, happened);
  const started = await Promise.allSettled(
    inFront(cluster).map(async ({ name, starting: one }) => ({ name, at: await one })),
  );
  for (const one of started) if (one.status === 'fulfilled') starting.use(one.value.at);
  const failed = started.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  const { apiservers, asker } = cluster;
  const expects = {
    fingerprints: apiservers.map(({ apiserver }) => apiserver.fingerprint256),
    says: pod.says,
  };
  const through = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const direct = apiservers.slice(0, 1).map(({ wire }) => ({ name: '', at: wire }));
  const running = starting.move();
  return {
    ways: [...direct, ...through].map(({ name, at: { host, port } }) => ({
      name,
      expects,
      go: () =>
        travel({
          place: { host, port, ...asker },
          watchPath: watchedPath,
          execPath: pod.execPath,
          patienceMs,
        }),
    })),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
