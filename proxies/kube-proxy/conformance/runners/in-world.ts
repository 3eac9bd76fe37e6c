/** A dataplane on the node of a world, to try cases on. */
import type { ConformanceCase } from '../cases/case.ts';
import { backendsOf, destinationsOf, type Listener } from '../cases/world-needs.ts';
import { placeOf } from '../world/places.ts';
import type { World, WorldMode } from '../world/world.ts';
import type { Subject } from './walk-case.ts';

/** Everybody who may be reached, by the proxy or past it; but for the node, where proxies may listen. */
export function listenersOf(cases: readonly ConformanceCase[]): readonly Listener[] {
  return [...backendsOf(cases), ...destinationsOf(cases).filter((one) => !isAtNode(one))];
}

export function inWorld(world: World, mode: WorldMode): Subject {
  return {
    open: (one, options) =>
      world.open(mode, options, {
        addresses: one.settings.moreNodeIPs,
        // In user space the proxy listens there itself, where it takes what comes.
        listeners: destinationsOf(
          [one],
          (flow) => mode !== 'userspace' || flow.expect.is === 'untouched',
        ).filter(isAtNode),
      }),
    sync: (change) => world.sync(change),
    look: (flow) => world.look(flow),
    close: () => world.close(),
  };
}

function isAtNode({ address }: Listener): boolean {
  return placeOf(address) === 'node';
}
