/** What must be there for the cases to be seen: who listens where. */
import type { Transport } from '../../service-port.ts';
import type { ConformanceCase, Flow } from './case.ts';

export interface Listener {
  readonly protocol: Transport;
  readonly address: string;
  readonly port: number;
}

/** Every endpoint of every slice. */
export function backendsOf(cases: readonly ConformanceCase[]): readonly Listener[] {
  const slices = cases.flatMap(({ steps }) => steps).flatMap((step) => step.slices);
  return distinct(
    slices.flatMap(({ endpoints, ports }) =>
      (endpoints ?? []).flatMap(({ addresses }) =>
        addresses.flatMap((address) =>
          (ports ?? []).map(({ port, protocol }) => ({
            // As the cases write them: with all three.
            protocol: protocol as Transport,
            address,
            port: port ?? 0,
          })),
        ),
      ),
    ),
  );
}

/** Where flows go: who answers there has got what nobody captured. */
export function destinationsOf(
  cases: readonly ConformanceCase[],
  isMeant: (flow: Flow) => boolean = () => true,
): readonly Listener[] {
  const flows = cases
    .flatMap(({ steps }) => steps)
    .flatMap((step) => step.flows)
    .filter(isMeant);
  return distinct(flows.map(({ protocol, to, port }) => ({ protocol, address: to, port })));
}

function distinct(listeners: readonly Listener[]): readonly Listener[] {
  return [...new Map(listeners.map((one) => [JSON.stringify(one), one])).values()];
}
