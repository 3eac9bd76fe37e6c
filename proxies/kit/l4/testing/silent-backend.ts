/** A backend that answers no connection at all, as one whose machine is gone: on loopback, without root. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { L4Backend } from '../backend.ts';

/** Its thread stands still, so that nobody accepts; Linux drops what its queue has no room for. */
const source = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 });
  server.once('listening', () => {
    parentPort.postMessage(server.address());
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;
const queue = 2;

export async function startSilentBackend(): Promise<L4Backend & AsyncDisposable> {
  const worker = new Worker(source, { eval: true });
  const [{ address, port }] = (await once(worker, 'message')) as [L4Backend];
  const fillers = Array.from({ length: queue }, () => connect(port, address));
  await Promise.all(fillers.map((filler) => once(filler, 'connect')));
  return {
    address,
    port,
    [Symbol.asyncDispose]: async () => {
      for (const filler of fillers) filler.on('error', () => undefined).destroy();
      await worker.terminate();
    },
  };
}
