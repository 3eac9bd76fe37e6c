/**
 * One protocol, from pods to a Service’s address and back: everything is answered, by a pod that was reached
 * at its own address. Refuted by a port that the Service has for another protocol alone.
 */
import { defineProof, type Laboratory, type Notebook, type Proof } from '../../kit/proof.ts';
import type { ConnectProtocol } from '../../kit/connect-request.ts';
import { clientPods, patienceMs, runningLab } from './running-lab.ts';

interface Port {
  readonly service: string;
  readonly port: string;
}

export interface Carried {
  readonly protocol: ConnectProtocol;
  /** Sends back what it gets. */
  readonly echo: Port;
  /** Tells who it is, asked `whoami`. */
  readonly teller: Port;
  /** Is not there for this protocol. */
  readonly other: Port;
  /** How many pods connect. */
  readonly clients: number;
}

const messages = ['one', 'two', 'three'] as const;

export function carries({ protocol, echo, teller, other, clients }: Carried): Proof {
  const world = async (
    laboratory: Laboratory,
    to: { readonly echo: Port; readonly teller: Port },
  ) => {
    const lab = await runningLab(laboratory);
    return { ...lab, ...to, pods: (await clientPods(lab)).slice(0, clients) };
  };
  return defineProof({
    claimed: (laboratory) => world(laboratory, { echo, teller }),
    refuted: (laboratory) => world(laboratory, { echo: other, teller: other }),
    probe: async ({ machines, pods, ...to }, notebook: Notebook) => {
      for (const { pod: client } of pods) {
        const ask = async (port: Port, said: readonly string[]) => {
          const [outcome] = await machines.connect(
            { pod: client },
            {
              protocol,
              to: { ...port, family: 'IPv4' },
              messages: said,
              timeoutMs: patienceMs,
            },
          );
          if (!outcome) throw new Error('nothing was tried');
          return outcome;
        };
        const echoed = await ask(to.echo, messages);
        notebook.check(
          echoed.result === 'ok' && messages.every((said, index) => echoed.answers[index] === said),
          'answered',
          { client, remote: echoed.remote, protocol, count: messages.length, cause: echoed.result },
        );
        const { remote, result, backend } = await ask(to.teller, ['whoami']);
        if (!backend) throw new Error(`${remote} did not say who it is: ${result}`);
        const { pod, self } = backend;
        notebook.check(self !== remote, 'rewritten', { pod, self });
      }
    },
  });
}
