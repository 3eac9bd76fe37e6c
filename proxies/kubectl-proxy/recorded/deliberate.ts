/**
 * What comes out of the recorded cases in which we differ on purpose: those of `differences` in the
 * descriptor. Only what the difference is about; the rest of an outcome is free.
 */
import type { Observation } from './replay.ts';

interface Outcome {
  readonly status?: number;
  readonly exit?: number;
  readonly exitAfterSignal?: number;
  readonly body?: RegExp;
  readonly stderr?: RegExp;
  readonly upstreamRequests?: number;
  readonly connects?: number;
  readonly isSocketLeft?: boolean;
  /** The last byte came so long after the request, or later. */
  readonly lastsMs?: number;
}

const refusedByFilter: Outcome = { status: 403, body: /^Forbidden\n$/, upstreamRequests: 0 };
const refusedByParser: Outcome = { status: 400, body: /^400 Bad Request/, upstreamRequests: 0 };
const unverified: Outcome = { status: 500, body: /certificate/, upstreamRequests: 0 };
const accepted: Outcome = { status: 200, upstreamRequests: 1 };
const throughProxy: Outcome = { status: 101, upstreamRequests: 1, connects: 1 };

export const deliberate: Readonly<Record<string, Outcome>> = {
  'filter-path-newline': refusedByFilter,
  'filter-path-newline-exec': refusedByFilter,
  'filter-path-front-pct-dotdot-exec': refusedByFilter,
  'filter-path-front-pct-dot-exec': refusedByFilter,
  'fwd-folded': refusedByParser,
  'fwd-bare-lf': refusedByParser,
  'fwd-te-and-cl': refusedByParser,
  'err-no-ca-upgrade': unverified,
  'auth-no-ca-upgrade-authorization': unverified,
  'filter-host-v6-port': accepted,
  'filter-abs-form-v6': accepted,
  'auth-proxyurl-upgrade': throughProxy,
  'auth-proxyurl-auth-upgrade': throughProxy,
  'fwd-half-close': { status: 200, body: /^slept\n$/, upstreamRequests: 1 },
  'start-www-prefix-root': { exit: 1, stderr: /^error: .*--www-prefix .*--api-prefix/ },
  'start-prefix-bad-pattern': { exit: 1, stderr: /^error: invalid --api-prefix/ },
  'stop-sigint-watch': { status: 200, exit: -2, lastsMs: 2500 },
  'stop-sighup-watch': { status: 200, exit: -1, lastsMs: 2500 },
  'start-unix-stale': { status: 200, exitAfterSignal: -15, isSocketLeft: false },
  'err-abort-mid-10': { status: 200, body: /^m{100}$/ },
  'auth-exec-fail-client-authorization': { status: 500, upstreamRequests: 0 },
};

/** Brings an observation into the terms of an outcome, to be compared with it. */
export function outcomeOf(observation: Observation) {
  const { response, exit, exitAfterSignal, upstream, socket, stderr, arrivals } = observation;
  return {
    status: response?.status,
    body: response?.body ?? '',
    exit,
    exitAfterSignal,
    stderr,
    upstreamRequests: upstream.requests.length,
    connects: upstream.connectProxy.length,
    isSocketLeft: socket.left_after_sigterm,
    lastsMs: arrivals.at(-1)?.[0] ?? 0,
  };
}

/** One line per field in which the outcome is not the deliberate one. */
export function compareDeliberate(expected: Outcome, observation: Observation): string[] {
  const actual = outcomeOf(observation);
  return (Object.keys(expected) as (keyof Outcome)[]).flatMap((field) => {
    const want = expected[field];
    const got = actual[field];
    const isRight =
      want instanceof RegExp
        ? want.test(String(got))
        : field === 'lastsMs'
          ? Number(got) >= Number(want)
          : got === want;
    return isRight ? [] : [`${field}: expected ${String(want)}, got ${String(got)}`];
  });
}
