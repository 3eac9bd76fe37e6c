/** The program: an order on stdin, as JSON; on stdout a line for each connection, as it comes out. */
import { text } from 'node:stream/consumers';
import { makeConnections, type ConnectOrder } from './make-connections.ts';

// Only the lab starts it.
const order = JSON.parse(await text(process.stdin)) as ConnectOrder;
await makeConnections(order, (outcome) => process.stdout.write(`${JSON.stringify(outcome)}\n`));
