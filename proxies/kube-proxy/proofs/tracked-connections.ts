/**
 * What a node's connection tracking has of one TCP connection: a program of its own, because the node has a
 * network of its own. Reads the client's end from its input, `10.244.1.5:34567`.
 */
import { text } from 'node:stream/consumers';
import { listConntrack } from '../../kit/netlink/conntrack.ts';

export interface TrackedConnection {
  readonly source: string;
  readonly destination: string;
  /** From where its answers come: another than the destination where that was rewritten. */
  readonly answeredBy: string;
}

const wanted = (await text(process.stdin)).trim();
process.stdout.write(JSON.stringify(await findConnection()));

async function findConnection(): Promise<TrackedConnection | null> {
  for await (const entries of listConntrack({ family: 'IPv4', protocol: 'TCP' })) {
    for (const { original, reply } of entries) {
      const source = `${original.source}:${original.sourcePort}`;
      if (source !== wanted) continue;
      return {
        source,
        destination: `${original.destination}:${original.destinationPort}`,
        answeredBy: `${reply.source}:${reply.sourcePort}`,
      };
    }
  }
  return null;
}
