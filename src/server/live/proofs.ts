/** `POST /live/proofs/<claim>`: tries a claim in both of its worlds, and tells what is seen meanwhile. */
import type { Claim } from '../../../proxies/descriptor.ts';
import { subjects } from '../../../proxies/index.ts';
import { evidenceKey } from '../../../proxies/kit/evidence-key.ts';
import { missingNeeds } from '../../../proxies/kit/needs.ts';
import type { Proof } from '../../../proxies/kit/proof.ts';
import { proveClaim } from '../../../proxies/kit/prove.ts';
import type { LiveBackend } from './backend.ts';
import { hopLine, openLines, type Exchange } from './exchange.ts';
import { LiveError } from './live-error.ts';
import { createTurns } from './turns.ts';
import { proofs } from './proof-of.ts';

/** A proof starts processes, and has its time to finish: more of them at once would make it late. */
const turns = createTurns(2, 24);

/** @throws LiveError `unknown-claim`, `busy` */
export async function runProof(
  backend: LiveBackend,
  claimId: string,
  exchange: Exchange,
): Promise<void> {
  const found = findClaim(claimId);
  const turn = await turns.take(exchange.signal);
  try {
    await prove(backend, found, exchange);
  } finally {
    turn[Symbol.dispose]();
  }
}

async function prove(
  backend: LiveBackend,
  { claim, proof }: FoundClaim,
  exchange: Exchange,
): Promise<void> {
  const send = openLines(exchange);
  const { translate } = exchange;
  const startedAt = performance.now();
  const verdict = await proveClaim(claim, proof, {
    lend: backend.lend,
    missing: missingNeeds(backend.machines),
    signal: exchange.signal,
    onWorld: (world) => send({ type: 'world', world }),
    onHop: (world, hop) => send({ ...hopLine(hop, translate), world }),
    onObservation: (world, observation) => {
      const text = translate(`claims:${evidenceKey(claim.id, observation)}`, observation.values);
      send({ type: 'observation', world, ...observation, text });
    },
  });
  const { result } = verdict;
  const missing = result === 'not-provable-here' ? verdict.missing : [];
  send({
    type: 'result',
    result,
    ...(missing.length > 0 && { missing }),
    tookMs: Math.round(performance.now() - startedAt),
    text: translate(`hops:results.${result}`, {
      missing: missing.map((need) => translate(`interface:needs.${need}`)),
    }),
  });
  exchange.response.end();
}

interface FoundClaim {
  readonly claim: Claim;
  readonly proof: Proof;
}

function findClaim(id: string): FoundClaim {
  const claim = subjects.flatMap(({ claims }) => claims).find((known) => known.id === id);
  const proof = proofs.get(id);
  if (!claim || !proof) throw new LiveError('unknown-claim', { id });
  return { claim, proof };
}
