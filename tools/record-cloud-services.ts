/** Creates a Service in each of the clouds, and keeps what became of it. */
import { profiles } from '../proxies/cloud-load-balancer/facts/profiles.ts';
import { noCloud, type CloudServiceLine, type PortChoice } from '../src/cloud-service.ts';
import { networkOf } from '../src/server/live/backend.ts';
import { expectationOf } from '../src/server/live/cloud-service-expected.ts';
import { shownTimes, tryCloudService } from '../src/server/live/cloud-service-run.ts';
import type { StartedBackend } from '../src/server/live/start-backend.ts';
import type { Transcripts } from '../src/transcripts.ts';
import type { Recording } from './record.ts';

/** Beside TCP with each: where clouds differ most. */
const alsoRecorded: readonly (readonly [cloud: string, ports: PortChoice])[] = [
  ['hop', 'udp'],
  ['hop', 'sctp'],
  ['hop', 'tcp-udp'],
  ['aws-nlb', 'sctp'],
  ['aws-nlb', 'tcp-udp'],
  ['gcp', 'tcp-udp'],
  ['azure', 'sctp'],
  ['hetzner', 'tcp-udp'],
  ['metallb', 'sctp'],
  ['klipper', 'sctp'],
  ['cloud-provider-kind', 'sctp'],
];

/** Nobody waits for it, and the machine may be busy. */
const times = { ...shownTimes, podMs: 60_000, addressMs: 30_000, answerMs: 30_000, goneMs: 30_000 };

interface Recorded extends Pick<Recording, 'unexpected'> {
  readonly cloudServices: Transcripts['cloudServices'];
}

/** One after the other: each with its own time. On loopback, what it cannot do is not recorded. */
export async function recordCloudServices(
  backend: StartedBackend,
  signal: AbortSignal,
): Promise<Recorded> {
  const network = networkOf(backend);
  const { openVisit, connectAs } = backend;
  if (!openVisit || !connectAs) throw new Error('there are no visitors to try a Service with');
  await using visit = await openVisit('recording');
  await using client = connectAs(visit.token);
  const cloudServices: Transcripts['cloudServices'] = {};
  const unexpected: { id: string; status: string }[] = [];
  const clouds = [...profiles.map(({ id }) => id), noCloud];
  const choices = [...clouds.map((cloud) => [cloud, 'tcp'] as const), ...alsoRecorded];
  for (const [cloud, ports] of choices) {
    if (ports === 'sctp' && network.mode === 'loopback') continue;
    const expected = expectationOf({ name: '', cloud, ports, mode: network.mode });
    if (!expected) throw new Error(`there is no cloud ${cloud}`);
    const lines: CloudServiceLine[] = [];
    const { namespace } = visit;
    const deletion = Promise.resolve();
    const order = { client, namespace, cloud, ports, expected, deletion, times };
    const tell = (line: CloudServiceLine) => lines.push(line);
    const summary = await tryCloudService(order, network, tell, signal);
    const id = `${cloud}/${ports}`;
    cloudServices[id] = { lines, summary };
    if (!summary.isAsExpected || summary.goneMs === null) {
      unexpected.push({ id, status: `${summary.result}: ${JSON.stringify(lines)}` });
    }
  }
  return { cloudServices, unexpected };
}
