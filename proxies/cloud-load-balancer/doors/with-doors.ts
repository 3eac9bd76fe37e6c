/** A dataplane whose load balancers have doors: `--enable-lb-port-mapping`. */
import type { Dataplane } from '../forwarding.ts';
import type { Doors } from './doors.ts';

/** The doors are the giver's to close. */
export function withDoors(dataplane: Dataplane, doors: Doors): Dataplane {
  return {
    kind: dataplane.kind,
    abilities: dataplane.abilities,
    replaceAll: async (forwardings) => {
      await dataplane.replaceAll(forwardings);
      for (const forwarding of forwardings) await doors.follow(forwarding);
    },
    ensure: async (forwarding) => {
      await dataplane.ensure(forwarding);
      await doors.follow(forwarding);
    },
    remove: async (name) => {
      doors.close(name);
      await dataplane.remove(name);
    },
    onFlow: (listener) => dataplane.onFlow(listener),
    [Symbol.asyncDispose]: () => dataplane[Symbol.asyncDispose](),
  };
}
