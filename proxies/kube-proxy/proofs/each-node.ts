/**
 * On each node of the lab: a table of its own in the kernel, in which all Services are, and by which a
 * connection of the node itself is answered. Refuted by a machine that is no node.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { defineProof, type Laboratory, type LabMachines, type Notebook } from '../../kit/proof.ts';
import type { KnownPort } from './cluster-facts.ts';
import { readElements } from './read-elements.ts';
import { patienceMs, runningLab } from './running-lab.ts';

const table = 'kube-proxy';
const service = { service: 'platform/echo', port: 'lines' } as const;

/** A Service may be newer than the last sync. */
const syncedWithinMs = 5000;
const pauseMs = 250;

export const eachNode = defineProof({
  claimed: async (laboratory) => {
    const lab = await runningLab(laboratory);
    return { ...lab, places: lab.cluster.nodes };
  },
  refuted: async (laboratory: Laboratory) => {
    const lab = await runningLab(laboratory);
    return { ...lab, places: [lab.machines.outside] };
  },
  probe: async ({ machines, cluster, places }, notebook: Notebook, { signal }) => {
    for (const machine of places) {
      const { count, missing, cause } = await readTable(machines, machine, cluster.ports, signal);
      notebook.check(count > 0, 'own', { machine, table, count, cause });
      const services = cluster.ports.length;
      notebook.check(missing.length === 0, 'same', { machine, services, missing });

      const [outcome] = await machines.connect(
        { machine },
        { protocol: 'TCP', to: service, timeoutMs: patienceMs },
      );
      notebook.check(outcome?.result === 'ok', 'answers', {
        machine,
        service: service.service,
        answer: outcome?.backend?.pod ?? '',
        cause: outcome?.result ?? '',
      });
    }
  },
});

interface TableRead {
  /** How many addresses of Services it holds. */
  readonly count: number;
  /** Ports of Services that it does not. */
  readonly missing: readonly string[];
  /** What nft says where there is no table. */
  readonly cause: string;
}

/** Reads it again while something is missing that may still come. */
async function readTable(
  machines: LabMachines,
  machine: string,
  ports: readonly KnownPort[],
  signal: AbortSignal,
): Promise<TableRead> {
  const deadline = performance.now() + syncedWithinMs;
  for (;;) {
    const read = await readTableOnce(machines, machine, ports);
    if (read.missing.length === 0 || performance.now() > deadline) return read;
    await pause(pauseMs, undefined, { signal });
  }
}

async function readTableOnce(
  machines: LabMachines,
  machine: string,
  ports: readonly KnownPort[],
): Promise<TableRead> {
  const argv = ['nft', '--json', 'list', 'table', 'ip', table];
  const { status, stdout, stderr } = await machines.run(machine, argv, '');
  if (status !== 0) {
    const [cause = ''] = stderr.trim().split('\n');
    return { count: 0, missing: ports.map(({ name }) => name), cause };
  }
  const elements = readElements(stdout);
  const withEndpoints = elements.get('service-ips') ?? [];
  const known = new Set([...withEndpoints, ...(elements.get('no-endpoint-services') ?? [])]);
  return {
    count: withEndpoints.length,
    missing: ports.filter((port) => !known.has(keyOf(port))).map(({ name }) => name),
    cause: '',
  };
}

/** As nft writes the key of an element. */
function keyOf({ clusterIP, protocol, port }: KnownPort): string {
  return `${clusterIP} . ${protocol.toLowerCase()} . ${port}`;
}
