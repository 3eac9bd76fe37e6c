/**
 * One protocol, from pods to a Service’s address and back: everything is answered, by a pod that was reached
 * at its own address. Refuted by a port that the Service has for another protocol alone.
 */
import { defineProof, type Laboratory, type Notebook, type Proof } from '../../kit/proof.ts';
import { collectHops } from '../../kit/collect-hops.ts';
import { flowName, type ConnectProtocol } from '../../kit/connect-request.ts';
import { clientPods, patienceMs, runningLab } from './running-lab.ts';

interface Port {
  readonly service: string;
  readonly port: string;
}

export interface Carried {
  readonly protocol: ConnectProtocol;
  /** Sends back what it gets, and who it is when it is asked `whoami`. */
  readonly echo: Port;
  /** Is not there for this protocol. */
  readonly other: Port;
  /** How many pods connect. */
  readonly clients: number;
}

const said = ['one', 'two', 'three'] as const;

export function carries({ protocol, echo, other, clients }: Carried): Proof {
  const world = async (laboratory: Laboratory, to: Port) => {
    const lab = await runningLab(laboratory);
    return { ...lab, to, pods: (await clientPods(lab)).slice(0, clients) };
  };
  return defineProof({
    claimed: (laboratory) => world(laboratory, echo),
    refuted: (laboratory) => world(laboratory, other),
    probe: async ({ machines, pods, to }, notebook: Notebook) => {
      using hops = collectHops(machines, notebook.hop);
      await hops.ready;
      const flows: string[] = [];
      for (const { pod: client } of pods) {
        const [outcome] = await machines.connect(
          { pod: client },
          {
            protocol,
            to: { ...to, family: 'IPv4' },
            messages: [...said, 'whoami'],
            timeoutMs: patienceMs,
          },
        );
        if (!outcome) throw new Error('nothing was tried');
        const { remote, result, answers, backend } = outcome;
        const isEchoed = said.every((word, index) => answers[index] === word);
        notebook.check(isEchoed && backend !== null, 'answered', {
          client,
          remote,
          protocol,
          count: said.length,
          cause: result,
        });
        const { pod, self } = backend;
        notebook.check(self !== remote, 'rewritten', { pod, self });
        if (outcome.local !== null) flows.push(flowName(protocol, outcome.local));
      }
      await hops.of(flows);
    },
  });
}
