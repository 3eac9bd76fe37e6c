/** Runs every example and every proof once, and keeps what they came to. */
import { isTransportExample, type HttpExample, type Station } from '../proxies/descriptor.ts';
import { subjects } from '../proxies/index.ts';
import type { Hop } from '../proxies/kit/hop.ts';
import { missingNeeds } from '../proxies/kit/needs.ts';
import type { Verdict } from '../proxies/kit/proof.ts';
import { proveClaim } from '../proxies/kit/prove.ts';
import { proofs } from '../src/server/live/proof-of.ts';
import { proxyOf } from '../src/server/live/backend.ts';
import { countAnswers } from '../src/server/live/balance.ts';
import { sendExample } from '../src/server/live/examples.ts';
import type { LiveLine } from '../src/server/live/lines.ts';
import type { StartedBackend } from '../src/server/live/start-backend.ts';
import type { ExampleTranscript, Transcripts } from '../src/transcripts.ts';
import { shortenBody } from './shorten-body.ts';

export interface Recording {
  readonly transcripts: Transcripts;
  /** Examples that were answered otherwise than their descriptor says, with the status. */
  readonly unexpected: readonly { readonly id: string; readonly status: number }[];
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
  const unexpected: { id: string; status: number }[] = [];
  for (const { line: station, examples: known } of subjects) {
    for (const example of known) {
      if (isTransportExample(example)) continue;
      const { transcript, isAsStated } = await recordExample(backend, station, example, signal);
      examples[example.id] = transcript;
      if (!isAsStated) unexpected.push({ id: example.id, status: transcript.status });
    }
  }
  const balancing = proxyOf(backend, 'apiserver-proxy');
  const pods = [...(await countAnswers(balancing, () => undefined, signal))];
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
  return {
    transcripts: {
      recordedAt: new Date().toISOString(),
      version: backend.version,
      examples,
      balance: { pods },
      claims: Object.fromEntries(verdicts.map((verdict) => [verdict.claim, asRecorded(verdict)])),
    },
    unexpected,
    unproved: verdicts.filter(({ result }) => !['proved', 'not-provable-here'].includes(result)),
  };
}

async function recordExample(
  backend: StartedBackend,
  station: Station,
  example: HttpExample,
  signal: AbortSignal,
): Promise<{ transcript: ExampleTranscript; isAsStated: boolean }> {
  const proxy = backend.proxies[station];
  if (!proxy) throw new Error(`${example.id}: ${station} is not running`);
  const hops: Hop[] = [];
  let headers: [string, string][] = [];
  let body = '';
  const keep = (line: LiveLine) => {
    if (line.type === 'hop') hops.push(line.hop);
    if (line.type === 'chunk') body += line.text;
    if (line.type === 'message') body += `${line.from === 'client' ? '→' : '←'} ${line.text}\n`;
    if (line.type !== 'answer') return;
    headers = line.headers.map(([name, value]) => [name, value]);
    body += line.body ?? '';
  };
  const { status, result } = await sendExample(example, proxy, keep, signal);
  return {
    transcript: { status, headers, ...shortenBody(body), hops },
    isAsStated: result === 'answered',
  };
}

/** A verdict as plain data, as it will be read back. */
function asRecorded(verdict: Verdict): Transcripts['claims'][string] {
  return JSON.parse(JSON.stringify(verdict)) as Transcripts['claims'][string];
}
