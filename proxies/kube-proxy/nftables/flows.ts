/** Which port of a Service a flow of the kernel went through. */
import { isIPv6 } from 'node:net';
import type { ForwardedFlow } from '../dataplane.ts';
import type { Family } from '../service-port.ts';

/** A flow as conntrack tells it. */
export type KernelFlow = Omit<ForwardedFlow, 'servicePort'>;

/**
 * The flow with its port; null where no port of the family is reached at its destination.
 *
 * @param ownerOf the port that has a frontend: `10.96.0.1 . tcp . 80`, or `tcp . 30080`
 */
export function flowOfPort(
  flow: KernelFlow,
  family: Family,
  ownerOf: (frontend: string) => string | undefined,
): ForwardedFlow | null {
  const [, bracketed, plain, port = ''] = destination.exec(flow.destination) ?? [];
  const address = bracketed ?? plain ?? '';
  if (isIPv6(address) !== (family === 'IPv6')) return null;
  const rest = `${flow.protocol.toLowerCase()} . ${port}`;
  const servicePort = ownerOf(`${address} . ${rest}`) ?? ownerOf(rest);
  return servicePort === undefined ? null : { ...flow, servicePort };
}

const destination = /^(?:\[(.*)\]|(.*)):(\d+)$/;
