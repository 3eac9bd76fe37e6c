/** The mode `userspace`: listeners of this process. */
import type { Family } from '../service-port.ts';
import type { UserspaceDataplane } from '../userspace/userspace-dataplane.ts';
import type { UserspaceProblem } from '../userspace/problem.ts';
import type { ProxyMode } from './mode.ts';

const reasons: Readonly<Record<UserspaceProblem['kind'], string>> = {
  bind: 'FailedToListen',
  taken: 'FailedToListen',
  protocol: 'UnsupportedProtocol',
};

export async function loadUserspaceMode(): Promise<ProxyMode> {
  const { createUserspaceDataplane } = await import('../userspace/userspace-dataplane.ts');
  const dataplanes = new Map<Family, UserspaceDataplane>();
  return {
    name: 'userspace',
    createDataplane: async (options) => {
      const { onProblem, family } = options;
      const dataplane = await createUserspaceDataplane({
        ...options,
        onProblem: ({ kind, port, where, message }) => {
          onProblem({ port, reason: reasons[kind], message: `${where}: ${message}` });
        },
      });
      dataplanes.set(family, dataplane);
      return dataplane;
    },
    describe: (family, ports) =>
      Promise.resolve(ports.flatMap(({ key }) => dataplanes.get(family)?.describe(key) ?? [])),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
