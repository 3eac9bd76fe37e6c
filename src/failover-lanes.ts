/** The experiment drawn in time: a lane for each apiserver, a tick for each request, a line for the watch. */
import type { AttemptLine, FailoverLine, WatchLine } from './failover.ts';
import { escapeHtml } from './i18n/inline-code.ts';

export interface Lane {
  /** Null: of the requests that nobody answered. */
  readonly apiserver: string | null;
  readonly isKilled: boolean;
  /** It has the watch, as far as the experiment has come. */
  readonly hasWatch: boolean;
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
  const holder = watches.at(-1);
  const lane = (apiserver: string | null, own: readonly AttemptLine[]): Lane => {
    const hasWatch = holder?.apiserver === apiserver && holder.toMs === untilMs;
    const isKilled = apiserver !== null && apiserver === killed?.apiserver;
    const after = own.filter(({ atMs }) => killed !== undefined && atMs >= killed.atMs).length;
    const ticks = own.map(({ atMs }) => `M${at(atMs)},5v14`).join('');
    const held = watches
      .filter((span) => span.apiserver === apiserver)
      .map(({ fromMs, toMs }) => `M${at(fromMs)},12H${at(toMs)}`)
      .join('');
    const drawing = [
      isKilled ? `<rect x="${at(killed.atMs)}" width="${width}" height="24"/>` : '',
      path('watch', held),
      path('tick', ticks),
      killed ? path('kill', `M${at(killed.atMs)},0V${height}`) : '',
    ].join('');
    return { apiserver, isKilled, hasWatch, before: own.length - after, after, drawing };
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

/**
 * The rows of the table, as markup: the load balancer's way to each apiserver, then its lane and its counts.
 *
 * @param lost what the last row is called
 */
export function laneRows(lanes: readonly Lane[], lost: string): string {
  const apiservers = lanes.filter(({ apiserver }) => apiserver !== null);
  const fork = `<td class="fork" rowspan="${apiservers.length}">${drawFork(apiservers)}</td>`;
  return lanes
    .map((lane, index) => {
      const { apiserver, isKilled, before, after, drawing } = lane;
      const way = apiserver === null ? '<td class="fork"></td>' : index === 0 ? fork : '';
      const kind = apiserver === null ? ' class="none"' : isKilled ? ' class="killed"' : '';
      return `<tr${kind}>${way}<th scope="row">${escapeHtml(apiserver ?? lost)}</th><td>${svg(width, height, drawing)}</td><td>${before}</td><td>${after}</td></tr>`;
    })
    .join('');
}

/** From the load balancer to each row: what is killed is dark, and lies below; the watch is the broad one. */
function drawFork(lanes: readonly Lane[]): string {
  const tall = lanes.length * 20;
  const ways = lanes.map(({ isKilled, hasWatch }, index) => {
    const d = `M6,${tall / 2}H30L72,${index * 20 + 10}H100`;
    const way = path(isKilled ? 'way gone' : 'way', d) + (hasWatch ? path('watch', d) : '');
    return { isKilled, way };
  });
  const [below, above] = [true, false].map((isBelow) =>
    ways.flatMap(({ isKilled, way }) => (isKilled === isBelow ? way : [])).join(''),
  );
  return svg(100, tall, `${below}${above}`);
}

function path(name: string, d: string): string {
  return d === '' ? '' : `<path class="${name}" d="${d}" vector-effect="non-scaling-stroke"/>`;
}

/** It stretches to the size of its place. */
function svg(wide: number, tall: number, drawing: string): string {
  return `<svg viewBox="0 0 ${wide} ${tall}" preserveAspectRatio="none" aria-hidden="true">${drawing}</svg>`;
}
