/** From the name of a Service to its address, and from there to its endpoints. Refuted by elements without comments. */
import { defineProof, type Laboratory, type Notebook } from '../../../kit/proof.ts';
import { inOwnNetwork } from './in-own-network.ts';
import { service } from './made-service.ts';

const count = 20;
const endpoints = 3;

export const findable = defineProof({
  claimed: ({ signal }: Laboratory) => world('ours', signal),
  refuted: ({ signal }: Laboratory) => world('without-comments', signal),
  probe: async (kernel, notebook: Notebook) => {
    const sought = service(7, endpoints);
    const name = `${sought.namespace}/${sought.name}:${sought.portName}`;
    const measured = await kernel.measure();
    const lines = linesWith(measured.serviceIPs, `"${name}"`);
    const [line = ''] = lines;
    notebook.check(lines.length === 1 && line.startsWith(`${sought.clusterIP} `), 'address', {
      name,
      map: 'service-ips',
      line,
      among: count,
    });
    const found = linesWith(measured.endpoints, `${sought.clusterIP} `);
    const addresses = sought.cluster.map(({ address }) => address);
    notebook.check(
      found.length === endpoints &&
        addresses.every((address) => found.some((one) => one.includes(address))),
      'endpoints',
      { clusterIP: sought.clusterIP, map: 'tcp-endpoints', addresses, count: found.length },
    );
  },
});

async function world(variant: 'ours' | 'without-comments', signal: AbortSignal) {
  return inOwnNetwork({ counts: [count], variant }, signal);
}

/** As `grep` finds them, without what nft puts around elements. */
function linesWith(listed: string, part: string): readonly string[] {
  return listed
    .split('\n')
    .map((line) => line.replace(/^\s*(?:elements = \{)?\s*|\s*[,}]+\s*$/g, ''))
    .filter((line) => line.includes(part));
}
