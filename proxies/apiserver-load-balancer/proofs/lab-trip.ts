/** Trips from a machine of the running lab, as its administrator. Nothing is changed there. */
import { fileURLToPath } from 'node:url';
import { administratorOf } from '../../kit/administrator.ts';
import { createApiClient, type ApiConnection, type KubeObject } from '../../kit/api/api-client.ts';
import type { Laboratory, LabMachines } from '../../kit/proof.ts';
import type { MachineTravelled, MachineTrip } from './machine-trip.ts';

export interface LabTraveller {
  readonly machines: LabMachines;
  /** Commands are run in it. */
  readonly pod: string;
  /**
   * Goes to apiservers at an address, then tries to connect to others.
   *
   * @param to `192.0.2.2:6443`
   * @throws Error when the program fails: nothing was learnt then
   */
  readonly travel: (
    machine: string,
    to: string,
    dials?: readonly string[],
  ) => Promise<MachineTravelled>;
}

const namespace = 'shop';
const pods = `/api/v1/namespaces/${namespace}/pods`;
/** A machine may be busy. */
const patienceMs = 6000;
const dialTimeoutMs = 5000;
const program = fileURLToPath(new URL('machine-trip.ts', import.meta.url));

/** @throws Error where there is no such lab: the claims that need one say so, and are not tried then. */
export async function labTraveller({
  machines,
  clusterKubeconfig,
}: Pick<Laboratory, 'machines' | 'clusterKubeconfig'>): Promise<LabTraveller> {
  if (!machines) throw new Error('the lab has no machines with networks of their own');
  const administrator = await administratorOf(clusterKubeconfig);
  const pod = await runningPod(administrator);
  const { caPem, certPem = '', keyPem = '' } = administrator;
  return {
    machines,
    pod,
    travel: async (machine, to, dials = []) => {
      const input: MachineTrip = {
        trip: {
          place: { ...placeOf(to), caPem, certPem, keyPem },
          watchPath: `${pods}?watch=true`,
          execPath: `${pods}/${pod}/exec?command=hostname&stdout=true`,
          patienceMs,
        },
        dials: dials.map(placeOf),
        dialTimeoutMs,
      };
      const argv = [process.execPath, '--no-warnings', program];
      const { status, stdout, stderr } = await machines.run(machine, argv, JSON.stringify(input));
      if (status !== 0) throw new Error(stderr);
      // The program is ours.
      return JSON.parse(stdout) as MachineTravelled;
    },
  };
}

async function runningPod(administrator: ApiConnection): Promise<string> {
  await using client = createApiClient(administrator);
  const { items } = await client.get<{ readonly items: readonly PodObject[] }>(pods, {
    query: { labelSelector: 'app=catalog' },
  });
  const running = items.find(({ status = {} }) =>
    status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
  if (!running) throw new Error('none of the lab’s pods is ready');
  return running.metadata.name;
}

interface PodObject extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** @example placeOf('[2001:db8::2]:6443') // { host: '2001:db8::2', port: 6443 } */
function placeOf(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  return { host, port: Number(address.slice(colon + 1)) };
}
