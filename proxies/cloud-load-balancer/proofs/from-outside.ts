/** A client outside of the running lab, at the address that the lab’s cloud has given to a Service. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectOutcome, ConnectProtocol } from '../../kit/connect-request.ts';
import type { LabMachines } from '../../kit/proof.ts';

/** How often it is tried: until the nodes of a new lab are known to be well, nobody gets connections. */
const mostTries = 6;
/** For one answer. */
const timeoutMs = 2000;
/** A refusal comes at once: so long is left until the next try. */
const pauseMs = 1000;

export interface AskedFromOutside {
  readonly protocol: ConnectProtocol;
  /** `platform/echo-kept` */
  readonly service: string;
  /** The name of its port. */
  readonly port: string;
}

/** What came of the first that was answered, or of the last. */
export async function connectFromOutside(
  machines: LabMachines,
  { protocol, service, port }: AskedFromOutside,
  signal: AbortSignal,
): Promise<ConnectOutcome> {
  const to = { service, port, through: 'LoadBalancer', family: 'IPv4' } as const;
  const from = { machine: machines.outside };
  for (let tries = 1; ; tries += 1) {
    const [outcome] = await machines.connect(from, { protocol, to, timeoutMs });
    if (!outcome) throw new Error('nothing was tried');
    if (outcome.backend !== null || tries === mostTries) return outcome;
    await pause(pauseMs, undefined, { signal });
  }
}
