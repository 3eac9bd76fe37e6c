/** The experiment drawn in time: a lane for each apiserver, a tick for each request, a line for the watch. */
import type { AttemptLine, FailoverLine, WatchLine } from './failover.ts';

export interface Lane {
  /** Null: of the requests that nobody answered. */
  readonly apiserver: string | null;
  readonly isKilled: boolean;
  /** Requests that began before the kill, and after it. */
  readonly before: number;
  readonly after: number;
  /** SVG markup; it stretches to the width of its place. */
  readonly drawing: string;
}

/** What fits at first; a longer experiment is drawn narrower. */
const shownMs = 7_000;
const [width, height] = [1_000, 24] as const;

/** @param untilMs how far the experiment has come */
export function drawLanes(lines: readonly FailoverLine[], untilMs: number): readonly Lane[] {
  const scale = width / Math.max(shownMs, untilMs);
  const at = (ms: number) => Math.round(ms * scale * 10) / 10;
  const names = lines.find((line) => line.type === 'apiservers')?.apiservers ?? [];
  const killed = lines.find((line) => line.type === 'killed');
  const attempts = lines.filter((line) => line.type === 'attempt');
  const watches = spans(
    lines.filter((line) => line.type === 'watch'),
    untilMs,
  );
  const lane = (apiserver: string | null, own: readonly AttemptLine[]): Lane => {
    const isKilled = apiserver !== null && apiserver === killed?.apiserver;
    const after = own.filter(({ atMs }) => killed !== undefined && atMs >= killed.atMs).length;
    const ticks = own.map(({ atMs }) => `M${at(atMs)},5v14`).join('');
    const held = watches
      .filter((span) => span.apiserver === apiserver)
      .map(({ fromMs, toMs }) => `M${at(fromMs)},12H${at(toMs)}`)
      .join('');
    const drawing = [
      isKilled ? `<rect class="gone" x="${at(killed.atMs)}" width="${width}" height="24"/>` : '',
      path('watch', held),
      path(apiserver === null ? 'tick lost' : 'tick', ticks),
      killed ? path('kill', `M${at(killed.atMs)},0V${height}`) : '',
    ].join('');
    return { apiserver, isKilled, before: own.length - after, after, drawing };
  };
  const lost = attempts.filter(({ isFailed }) => isFailed);
  return [
    ...names.map((name) =>
      lane(
        name,
        attempts.filter(({ apiserver, isFailed }) => apiserver === name && !isFailed),
      ),
    ),
    lane(null, lost),
  ];
}

interface Span {
  readonly apiserver: string | null;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Where the watch was, and when. */
function spans(lines: readonly WatchLine[], untilMs: number): readonly Span[] {
  return lines.flatMap(({ state, apiserver, atMs }, index) =>
    state === 'open' ? [{ apiserver, fromMs: atMs, toMs: lines[index + 1]?.atMs ?? untilMs }] : [],
  );
}

function path(name: string, d: string): string {
  return d === '' ? '' : `<path class="${name}" d="${d}" vector-effect="non-scaling-stroke"/>`;
}

/** The picture of a lane. */
export function svgOf({ drawing }: Lane): string {
  return `<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">${drawing}</svg>`;
}
