/** The flows of a cloud as hops, for the process that started it. */
import type { HopSource } from '../../kit/hop-channel.ts';
import { hopsOfFlow } from '../flow-hops.ts';
import type { Dataplane } from '../forwarding.ts';

export function hopSource(dataplane: Dataplane): HopSource {
  let following: ReturnType<Dataplane['onFlow']> | undefined;
  return {
    setHopListener: (listener) => {
      following?.[Symbol.dispose]();
      following =
        listener === null
          ? undefined
          : dataplane.onFlow((flow) =>
              hopsOfFlow(flow, dataplane.kind).forEach((hop) => listener(hop)),
            );
      return following?.ready;
    },
  };
}
