/** Runs a claim: its proof in the claimed world, then the same probe in the refuted one. */
import type { Claim, Need } from '../descriptor.ts';
import type { Hop } from './hop.ts';
import {
  Contradiction,
  type Laboratory,
  type Notebook,
  type Observation,
  type Outcome,
  type Proof,
  type Verdict,
  type WorldName,
} from './proof.ts';

export interface ProveOptions {
  /** Lends a laboratory of its own to each world; it is given back when the world is done. */
  readonly lend: (signal: AbortSignal) => Promise<Laboratory & AsyncDisposable>;
  /** What of the claim's needs this machine lacks (`missingNeeds` of `needs.ts`). */
  readonly missing: readonly Need[];
  readonly signal?: AbortSignal | undefined;
  /** A world that takes longer has failed. Default 20,000 ms. */
  readonly timeoutMs?: number;
  readonly onWorld?: (world: WorldName) => void;
  readonly onObservation?: (world: WorldName, observation: Observation) => void;
  readonly onHop?: (world: WorldName, hop: Hop) => void;
}

/**
 * Tries the claim in both worlds, one after the other. Never rejects: what goes wrong is the verdict.
 *
 * - `proved`: held in the claimed world, contradicted in the refuted one.
 * - `disproved`: contradicted in the claimed world.
 * - `vacuous`: held in both: the probe cannot tell truth from falsehood.
 * - `defective`: a world failed by something else than a contradiction.
 */
export async function proveClaim(
  claim: Claim,
  proof: Proof,
  options: ProveOptions,
): Promise<Verdict> {
  const missing = claim.needs.filter((need) => options.missing.includes(need));
  if (missing.length > 0) return { claim: claim.id, result: 'not-provable-here', missing };

  const claimed = await tryWorld('claimed', proof, options);
  const refuted = await tryWorld('refuted', proof, options);
  return { claim: claim.id, result: judge(claimed, refuted), claimed, refuted };
}

function judge(
  claimed: Outcome,
  refuted: Outcome,
): 'proved' | 'disproved' | 'vacuous' | 'defective' {
  if (claimed.verdict === 'contradicted') return 'disproved';
  if (claimed.verdict === 'failed' || refuted.verdict === 'failed') return 'defective';
  return refuted.verdict === 'held' ? 'vacuous' : 'proved';
}

async function tryWorld(world: WorldName, proof: Proof, options: ProveOptions): Promise<Outcome> {
  options.onWorld?.(world);
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 20_000);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const notebook = openNotebook(
    (observation) => options.onObservation?.(world, observation),
    (hop) => options.onHop?.(world, hop),
  );
  const startedAt = performance.now();
  const seen = () => ({
    observations: notebook.observations,
    hops: notebook.hops,
    tookMs: Math.round(performance.now() - startedAt),
  });
  try {
    await using laboratory = await options.lend(signal);
    await Promise.race([proof.tryIn(world, laboratory, notebook), aborted(signal)]);
    return { verdict: 'held', ...seen() };
  } catch (error) {
    if (error instanceof Contradiction) return { verdict: 'contradicted', ...seen() };
    return {
      verdict: 'failed',
      ...seen(),
      cause: error instanceof Error ? error.message : String(error),
    };
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () =>
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

interface OpenNotebook extends Notebook {
  readonly observations: readonly Observation[];
  readonly hops: readonly Hop[];
}

function openNotebook(
  onObservation: (o: Observation) => void,
  onHop: (hop: Hop) => void,
): OpenNotebook {
  const observations: Observation[] = [];
  const hops: Hop[] = [];
  const write = (observation: Observation) => {
    observations.push(observation);
    onObservation(observation);
  };
  return {
    observations,
    hops,
    saw: (key, values = {}) => write({ key, values, standing: 'noted' }),
    hop: (hop) => {
      hops.push(hop);
      onHop(hop);
    },
    check(isSo, key, values = {}) {
      write({ key, values, standing: isSo ? 'holds' : 'contradicts' });
      if (!isSo) throw new Contradiction(`${key} ${JSON.stringify(values)}`);
    },
  };
}
