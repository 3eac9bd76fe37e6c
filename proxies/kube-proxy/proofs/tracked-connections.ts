/**
 * What a node's connection tracking has of one TCP connection: a program of its own, because the node has a
 * network of its own. Reads the client's end and the one it connected to from its input, as JSON.
 */
import { json } from 'node:stream/consumers';
import { listConntrack } from '../../kit/netlink/conntrack.ts';

/** `10.244.1.5:34567` and `10.96.0.20:80`. */
export interface ClientConnection {
  readonly source: string;
  readonly destination: string;
}

export interface TrackedConnection extends ClientConnection {
  /** From where its answers come: another than the destination where that was rewritten. */
  readonly answeredBy: string;
}

const wanted = (await json(process.stdin)) as ClientConnection;
process.stdout.write(JSON.stringify(await findConnection()));

async function findConnection(): Promise<TrackedConnection | null> {
  for await (const entries of listConntrack({ family: 'IPv4', protocol: 'TCP' })) {
    for (const { original, reply } of entries) {
      const source = `${original.source}:${original.sourcePort}`;
      const destination = `${original.destination}:${original.destinationPort}`;
      // The same end may have connected elsewhere a while ago.
      if (source !== wanted.source || destination !== wanted.destination) continue;
      return {
        source,
        destination,
        answeredBy: `${reply.source}:${reply.sourcePort}`,
      };
    }
  }
  return null;
}
