/**
 * The one picture of the site: a request is a line on a transit map, and proxies are its stations.
 * Drawn at build for figures and logo, and in the browser for the live trace.
 */
import { escapeHtml } from '../i18n/inline-code.ts';
import { layOut, type TextPlace } from './layout.ts';

export interface MapStation {
  readonly id: string;
  readonly name: string;
  /** A second, smaller line: an address. */
  readonly note?: string;
  /** The station that the page is about: drawn as an interchange. */
  readonly isMain?: boolean;
}

export interface MapStretch {
  /** Ids of stations. */
  readonly from: string;
  readonly to: string;
  /** Lines of text beside the line. */
  readonly labels: readonly string[];
  /** An encrypted stretch runs in a tunnel: a line with a light core. */
  readonly tls: 'none' | 'always' | 'maybe';
}

export interface MapLine {
  /** In the order of a request; the last ones share a predecessor where the line forks. */
  readonly stations: readonly MapStation[];
  readonly stretches: readonly MapStretch[];
}

/**
 * Draws the line as SVG markup: from left to right (`wide`), or from top to bottom (`tall`, phones).
 * It is decoration for those who see it: hide it from others and give them the text.
 */
export function drawLine(line: MapLine, orientation: 'wide' | 'tall'): string {
  const layout = layOut(line, orientation);
  const stretches = line.stretches.map((stretch) => {
    const placed = layout.stretch(stretch);
    if (!placed) return '';
    const { path, at } = placed;
    const core = stretch.tls === 'none' ? '' : `<path class="core ${stretch.tls}" d="${path}"/>`;
    const ends = `${stretch.from} ${stretch.to}`;
    return `<g class="stretch" data-hop="${ends}"><path class="rail" d="${path}"/>${core}${textLines(at, 15, stretch.labels)}</g>`;
  });
  const stations = line.stations.map((station) => {
    const placed = layout.station(station);
    if (!placed) return '';
    const { x, y, at } = placed;
    const note = station.note === undefined ? [] : [station.note];
    const size = station.isMain === true ? 13 : 8;
    return `<g class="station${station.isMain === true ? ' main' : ''}" data-station="${station.id}"><circle cx="${x}" cy="${y}" r="${size}"/>${textLines(at, 17, [station.name, ...note])}</g>`;
  });
  return `<svg class="map ${orientation}" viewBox="0 0 ${layout.width} ${layout.height}" aria-hidden="true">${stretches.join('')}${stations.join('')}</svg>`;
}

function textLines({ x, y, anchor }: TextPlace, leading: number, lines: readonly string[]): string {
  const end = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return lines
    .map(
      (text, index) => `<text x="${x}" y="${y + index * leading}"${end}>${escapeHtml(text)}</text>`,
    )
    .join('');
}
