/**
 * Compares what came of a replay with the recording. What counts and what does not is in the README:
 * the order and case of headers, chunk boundaries, ports, dates and the wording of errors do not.
 */
import { compareResponse } from './compare-response.ts';
import { compareUpstream } from './compare-upstream.ts';
import { differ, differInText, tellUnless, type Fill } from './difference.ts';
import type { RecordedCase } from './recorded-case.ts';
import type { Observation } from './replay.ts';

/** One line per difference; empty where the outcome is the recorded one. */
export function compare(recorded: RecordedCase, observed: Observation, fill: Fill): string[] {
  return [
    ...compareResponses(recorded, observed, fill),
    ...differ('closed', recorded.closed, observed.closed),
    ...differ('reset', recorded.reset, observed.reset),
    ...differ('leftover', recorded.leftover, observed.leftover),
    ...compareArrivals(recorded, observed),
    ...compareUpstream(recorded, observed.upstream, fill),
    ...differ('exec plugin runs', recorded.exec_plugin_info ?? [], observed.execPluginInfo),
    ...differInText('stdout', fill(recorded.stdout), observed.stdout),
    ...differ('kinds of stderr lines', kindsOf(recorded.stderr), kindsOf(observed.stderr)),
    ...differ('exit', recorded.exit ?? null, observed.exit),
    ...differ('exit by signal', recorded.exit_after_signal ?? null, observed.exitAfterSignal),
    ...Object.entries(recorded.observed).flatMap(([name, value]) =>
      differ(name, value, observed.socket[name]),
    ),
  ];
}

function compareResponses(recorded: RecordedCase, observed: Observation, fill: Fill): string[] {
  const single = <T>(response: T | null | undefined) => (response ? [response] : []);
  const expected = recorded.responses ?? single(recorded.response);
  const actual = recorded.responses ? observed.responses : single(observed.response);
  const surroundings = {
    fill,
    recordedRequests: recorded.upstream_requests.map(({ raw }) => fill(raw)),
    seenRequests: observed.upstream.requests,
  };
  return [
    ...differ('number of responses', expected.length, actual.length),
    ...expected.flatMap((response, index) => {
      const other = actual[index];
      return other ? compareResponse(response, other, surroundings) : [];
    }),
  ];
}

/** Whether a stream came piece by piece, as it was sent, and ended when it did. */
function compareArrivals(
  { arrivals_ms: recorded = [] }: RecordedCase,
  { arrivals }: Observation,
): string[] {
  const expectedMs = spreadMs(recorded);
  if (expectedMs < 150) return [];
  const actualMs = spreadMs(arrivals);
  const isAlike = actualMs > expectedMs / 2 && actualMs < expectedMs + 2000;
  return tellUnless(isAlike, 'arrivals', recorded, arrivals);
}

function spreadMs(arrivals: readonly (readonly [number, number])[]): number {
  return (arrivals.at(-1)?.[0] ?? 0) - (arrivals[0]?.[0] ?? 0);
}

/** `E` for a klog error and so on, `error` for what the command line says. Never a stack trace. */
function kindsOf(stderr: string): string[] {
  if (/^panic: /m.test(stderr)) return ['panic'];
  const kinds = stderr.split('\n').flatMap((line) => {
    if (/^ {4}at /.test(line)) return ['stack'];
    const klog = /^([EWF])(?:\d{4}|\$\{KLOG_TIME\}) /.exec(line);
    const plain = /^(error|Unable to connect to the server|Error in configuration):/.exec(line);
    return (klog ?? plain)?.[1] ?? [];
  });
  return [...new Set(kinds)].sort();
}
