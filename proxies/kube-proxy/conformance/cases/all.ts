/** The suite, in both families. */
import { affinity } from './affinity.ts';
import type { ConformanceCase } from './case.ts';
import { clusterIP } from './cluster-ip.ts';
import { datagrams } from './datagrams.ts';
import { externalPolicy } from './external-policy.ts';
import { internalPolicy } from './internal-policy.ts';
import { inIPv6 } from './ipv6.ts';
import { loadBalancer } from './load-balancer.ts';
import { masquerade } from './masquerade.ts';
import { noEndpoints } from './no-endpoints.ts';
import { nodeEndpoint } from './node-endpoint.ts';
import { nodePorts } from './node-ports.ts';
import { selection } from './selection.ts';
import { sharedAddress } from './shared-address.ts';
import { terminating } from './terminating.ts';

const inIPv4: readonly ConformanceCase[] = [
  ...noEndpoints,
  ...clusterIP,
  ...loadBalancer,
  ...nodePorts,
  ...externalPolicy,
  ...internalPolicy,
  ...terminating,
  ...masquerade,
  ...selection,
  ...nodeEndpoint,
  ...sharedAddress,
  ...datagrams,
  ...affinity,
];

export const conformanceCases = [...inIPv4, ...inIPv4.map(inIPv6)];

/** A step tells its flows; each is one flow of the suite. */
export const flowCount = conformanceCases
  .flatMap(({ steps }) => steps)
  .reduce((count, { flows }) => count + flows.length, 0);
