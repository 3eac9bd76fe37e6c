/** The experiment as rows in time, with a line from station to station beside them. Safe in a browser. */
import type { CloudServiceLine } from './cloud-service.ts';
import { escapeHtml, inlineCode } from './i18n/inline-code.ts';

/** The stations of the line, from the wish to the pod. */
export const cloudServiceStations = ['object', 'controller', 'cloud', 'node', 'pod'] as const;
type Station = (typeof cloudServiceStations)[number];

export interface RowWords {
  /** How numbers are written. */
  readonly tag: string;
  /** The stations' names, in their order. */
  readonly stations: readonly string[];
}

/** A line of the experiment, with its sentence in the reader's language. */
export type CloudServiceStep = CloudServiceLine & { readonly text: string };

/** What happened, in the order in which it did: a row for each that has a place on the line. */
export function cloudServiceRows(steps: readonly CloudServiceStep[], words: RowWords): string {
  let before: Station | null = null;
  const time = new Intl.NumberFormat(words.tag, { maximumFractionDigits: 0 });
  const inOrder = steps
    .filter(({ type }) => type !== 'settled')
    .toSorted((a, b) => a.atMs - b.atMs);
  return inOrder
    .map((step, index) => {
      const way = wayOf(step);
      const last = way.at(-1) ?? 'object';
      const drawing = draw(before, way, index < inOrder.length - 1);
      before = last;
      const name = words.stations[cloudServiceStations.indexOf(last)] ?? '';
      const kind = isBad(step) ? ' class="bad"' : '';
      // An event's words are Kubernetes' own.
      const language = step.type === 'event' ? ' lang="en"' : '';
      return `<tr${kind}><th scope="row">${drawing}${escapeHtml(name)}</th><td>${time.format(step.atMs)} ms</td><td${language}>${inlineCode(step.text)}</td></tr>`;
    })
    .join('');
}

/** Where it happens: one station, or those that a packet comes through. */
function wayOf(step: CloudServiceLine): readonly Station[] {
  switch (step.type) {
    case 'made':
    case 'pending':
    case 'deleted':
    case 'gone':
    case 'settled':
      return ['object'];
    case 'finalizer':
    case 'event':
      return ['controller'];
    case 'status':
      return ['cloud'];
    case 'packet':
      return step.result === 'answered' ? ['cloud', 'node', 'pod'] : ['cloud'];
  }
}

function isBad(step: CloudServiceLine): boolean {
  if (step.type === 'packet') return step.result !== 'answered';
  return step.type === 'pending' || (step.type === 'event' && step.level === 'Warning');
}

const [width, apart, height] = [76, 15, 100] as const;

/** It stretches to the height of its row; a line of no length, with round ends, is a dot. */
function draw(from: Station | null, way: readonly Station[], goesOn: boolean): string {
  const x = (station: Station) => 8 + cloudServiceStations.indexOf(station) * apart;
  const [first = 'object', last = first] = [way[0], way.at(-1)];
  const middle = height / 2;
  const start = from === null ? '' : `M${x(from)},0V8L${x(first)},${middle - 12}V${middle}`;
  const across = first === last ? '' : `M${x(first)},${middle}H${x(last)}`;
  const on = goesOn ? `M${x(last)},${middle}V${height}` : '';
  const dots = way.map((station) => `M${x(station)},${middle}h0`).join('');
  const rails = cloudServiceStations.map((station) => `M${x(station)},0V${height}`).join('');
  const path = (name: string, d: string) =>
    d === '' ? '' : `<path class="${name}" d="${d}" vector-effect="non-scaling-stroke"/>`;
  return `<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">${path('rails', rails)}${path('way', start + across + on)}${path('stop', dots)}${path('hole', dots)}</svg>`;
}
