/**
 * `sctp-echo`: sends each message back on its stream; `whoami` is answered with pod, node, own address
 * and sender's address. Runs where raw sockets are to be had: in the lab's namespaces.
 */
import { createLifecycle } from './lifecycle.ts';
import { listenSctp, type SctpListener } from './sctp/listener.ts';
import { whoAmI } from './who-am-i.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const listeners: SctpListener[] = [];
  const lifecycle = createLifecycle({
    drain: async () => {
      await Promise.all(listeners.map((listener) => listener.drain()));
    },
    close: () => {
      for (const listener of listeners) listener[Symbol.dispose]();
    },
  });
  try {
    for (const { containerPort: port, protocol } of context.ports) {
      if (protocol !== 'SCTP') continue;
      for (const address of context.addresses) {
        const listener = await listenSctp({
          address,
          port,
          log: (line) => context.log(line),
          onMessage: (message, peer, answer) => {
            const isAsked = message.data.toString().trimEnd() === 'whoami';
            const me = `${whoAmI(context, { address, port }, peer)}\n`;
            answer(isAsked ? { ...message, data: Buffer.from(me) } : message);
          },
        });
        listeners.push(listener);
        context.log(`listening on ${address} port ${port}/sctp`);
      }
    }
  } catch (error) {
    await lifecycle.exit(1);
    throw error;
  }
  return lifecycle.workload;
};
