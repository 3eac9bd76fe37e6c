/** Runs every example and every proof once, and keeps what they came to. */
import {
  isTransportExample,
  type HttpExample,
  type Station,
  type TransportExample,
} from '../proxies/descriptor.ts';
import { subjects } from '../proxies/index.ts';
import type { Hop } from '../proxies/kit/hop.ts';
import { missingNeeds } from '../proxies/kit/needs.ts';
import type { Verdict } from '../proxies/kit/proof.ts';
import { proveClaim } from '../proxies/kit/prove.ts';
import { proofs } from '../src/server/live/proof-of.ts';
import { balancedProxies } from '../src/balance.ts';
import { recordCloudServices } from './record-cloud-services.ts';
import type { FailoverLine } from '../src/failover.ts';
import { connectedText, messageText } from '../src/message-text.ts';
import { shownNodes, shownServices } from '../src/shown-rules.ts';
import { networkOf, type LabNetwork } from '../src/server/live/backend.ts';
import { countAnswers } from '../src/server/live/balance.ts';
import { isPossible, makeConnections } from '../src/server/live/connections.ts';
import { sendExample } from '../src/server/live/examples.ts';
import type { LiveLine } from '../src/server/live/lines.ts';
import { LiveError } from '../src/server/live/live-error.ts';
import { tryFailover } from '../src/server/live/failover.ts';
import { readRules } from '../src/server/live/rules.ts';
import type { StartedBackend } from '../src/server/live/start-backend.ts';
import type { ExampleTranscript, Transcripts } from '../src/transcripts.ts';
import { shortenBody } from './shorten-body.ts';

export interface Recording {
  readonly transcripts: Transcripts;
  /** Examples that were answered otherwise than their descriptor says, with the status, or what was said. */
  readonly unexpected: readonly { readonly id: string; readonly status: string }[];
  /** Claims that are false, or whose proof is no proof. */
  readonly unproved: readonly Verdict[];
}

export interface RecordOptions {
  readonly signal: AbortSignal;
  readonly onStep: (step: 'recording' | 'proving') => void;
}

export async function record(
  backend: StartedBackend,
  { signal, onStep }: RecordOptions,
): Promise<Recording> {
  onStep('recording');
  const examples: Record<string, ExampleTranscript> = {};
  const unexpected: { id: string; status: string }[] = [];
  for (const { line: station, examples: known } of subjects) {
    for (const example of known) {
      if (isTransportExample(example)) {
        if (!isPossible(example.request, networkOf(backend))) continue;
        const { transcript, isAsStated } = await recordConnections(backend, example, signal);
        examples[example.id] = transcript;
        if (!isAsStated) unexpected.push({ id: example.id, status: transcript.body });
        continue;
      }
      const recorded = await recordExample(backend, station, example, signal).catch(
        (error: unknown) => {
          if (isOutOfReach(error, example, networkOf(backend))) return null;
          throw error;
        },
      );
      if (recorded === null) continue;
      const { transcript, status, isAsStated } = recorded;
      examples[example.id] = transcript;
      if (!isAsStated) unexpected.push({ id: example.id, status: String(status) });
    }
  }
  const balances: Transcripts['balances'] = {};
  for (const id of balancedProxies) {
    balances[id] = { pods: [...(await countAnswers(backend, id, () => undefined, signal))] };
  }
  const network = networkOf(backend);
  const rules =
    network.mode === 'isolated'
      ? await readRules(network, shownNodes[0], shownServices[0])
      : undefined;
  onStep('proving');
  const verdicts: Verdict[] = [];
  for (const claim of subjects.flatMap(({ claims }) => claims)) {
    const proof = proofs.get(claim.id);
    if (!proof) throw new Error(`${claim.id} has no proof`);
    verdicts.push(
      await proveClaim(claim, proof, {
        lend: backend.lend,
        missing: missingNeeds(backend.lab),
        signal,
      }),
    );
  }
  const { cloudServices, unexpected: unexpectedServices } = await recordCloudServices(
    backend,
    signal,
  );
  // Last of all: it takes an apiserver from whoever else needs one.
  const lines: FailoverLine[] = [];
  const { machines } = backend;
  if (!machines) throw new Error('there are no machines to try a failover with');
  const summary = await tryFailover(backend, machines, (line) => lines.push(line), signal);
  return {
    transcripts: {
      recordedAt: new Date().toISOString(),
      version: backend.version,
      examples,
      balances,
      cloudServices,
      failover: { lines, summary },
      ...(rules && { rules }),
      claims: Object.fromEntries(verdicts.map((verdict) => [verdict.claim, asRecorded(verdict)])),
    },
    unexpected: [...unexpected, ...unexpectedServices],
    unproved: verdicts.filter(({ result }) => !['proved', 'not-provable-here'].includes(result)),
  };
}

/** On loopback the load balancer's port is one of the host's below 1024, where not everybody may listen. */
function isOutOfReach(
  error: unknown,
  { request }: HttpExample,
  { mode }: Pick<LabNetwork, 'mode'>,
): boolean {
  const isThroughDoor = request.protocol === 'http' && request.service !== undefined;
  const isRefused = error instanceof LiveError && error.code === 'proxy-failed';
  return mode === 'loopback' && isThroughDoor && isRefused;
}

async function recordExample(
  backend: StartedBackend,
  station: Station,
  example: HttpExample,
  signal: AbortSignal,
): Promise<{ transcript: ExampleTranscript; status: number; isAsStated: boolean }> {
  const proxy = backend.proxies[station];
  if (!proxy) throw new Error(`${example.id}: ${station} is not running`);
  const hops: Hop[] = [];
  let headers: [string, string][] = [];
  let body = '';
  const keep = (line: LiveLine) => {
    if (line.type === 'hop') hops.push(line.hop);
    if (line.type === 'chunk') body += line.text;
    if (line.type === 'message') body += messageText(line);
    if (line.type !== 'answer') return;
    headers = line.headers.map(([name, value]) => [name, value]);
    body += line.body ?? '';
  };
  const { status, result } = await sendExample(example, proxy, keep, signal);
  return {
    transcript: { status, headers, ...shortenBody(body), hops },
    status,
    isAsStated: result === 'answered',
  };
}

/** On loopback, what it cannot do is not recorded. */
async function recordConnections(
  backend: StartedBackend,
  example: TransportExample,
  signal: AbortSignal,
): Promise<{ transcript: ExampleTranscript; isAsStated: boolean }> {
  const hops: Hop[] = [];
  let body = '';
  const keep = (line: LiveLine) => {
    if (line.type === 'hop') hops.push(line.hop);
    if (line.type === 'connected') body += connectedText(line);
    if (line.type === 'message') body += messageText(line);
  };
  const { result } = await makeConnections(example, networkOf(backend), keep, signal);
  return {
    transcript: { outcome: example.expect.outcome, ...shortenBody(body), hops },
    isAsStated: result === example.expect.outcome,
  };
}

/** A verdict as plain data, as it will be read back. */
function asRecorded(verdict: Verdict): Transcripts['claims'][string] {
  return JSON.parse(JSON.stringify(verdict)) as Transcripts['claims'][string];
}
