/**
 * The one picture of the site: a request is a line on a transit map, and proxies are its stations.
 * Drawn at build for figures and logo, and in the browser for the live trace.
 */
import { escapeHtml } from '../i18n/inline-code.ts';

export interface MapStation {
  readonly id: string;
  readonly name: string;
  /** A second, smaller line: an address. */
  readonly note?: string;
  /** The station that the page is about: drawn as an interchange. */
  readonly isMain?: boolean;
}

export interface MapStretch {
  /** Lines of text beside the line. */
  readonly labels: readonly string[];
  /** An encrypted stretch runs in a tunnel: a line with a light core. */
  readonly tls: 'none' | 'always' | 'maybe';
}

export interface MapLine {
  readonly stations: readonly MapStation[];
  /** One fewer than stations. */
  readonly stretches: readonly MapStretch[];
}

type Point = readonly [x: number, y: number];
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly stations: readonly Point[];
  readonly path: (from: Point, to: Point) => string;
  readonly stationText: (point: Point, index: number) => Text;
  readonly stretchText: (from: Point, to: Point, lines: number) => Text;
}
interface Text {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

/**
 * Draws the line as SVG markup: from left to right (`wide`), or from top to bottom (`tall`, phones).
 * It is decoration for those who see it: hide it from others and give them the text.
 */
export function drawLine(line: MapLine, orientation: 'wide' | 'tall'): string {
  const layout = (orientation === 'wide' ? wide : tall)(line.stations.length);
  const stretches = line.stretches.map((stretch, index) => {
    const from = layout.stations[index];
    const to = layout.stations[index + 1];
    if (!from || !to) return '';
    const path = layout.path(from, to);
    const core = stretch.tls === 'none' ? '' : `<path class="core ${stretch.tls}" d="${path}"/>`;
    const at = layout.stretchText(from, to, stretch.labels.length);
    const ends = line.stations.slice(index, index + 2).map(({ id }) => id);
    return `<g class="stretch" data-hop="${ends.join(' ')}"><path class="rail" pathLength="1" d="${path}"/>${core}${textLines(at, 15, stretch.labels)}</g>`;
  });
  const stations = line.stations.map((station, index) => {
    const point = layout.stations[index];
    if (!point) return '';
    const [x, y] = point;
    const at = layout.stationText(point, index);
    const note = station.note === undefined ? [] : [station.note];
    const size = station.isMain === true ? 13 : 8;
    return `<g class="station${station.isMain === true ? ' main' : ''}"><circle cx="${x}" cy="${y}" r="${size}"/>${textLines(at, 17, [station.name, ...note])}</g>`;
  });
  return `<svg class="map ${orientation}" viewBox="0 0 ${layout.width} ${layout.height}" aria-hidden="true">${stretches.join('')}${stations.join('')}</svg>`;
}

function textLines({ x, y, anchor }: Text, leading: number, lines: readonly string[]): string {
  const end = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return lines
    .map(
      (text, index) => `<text x="${x}" y="${y + index * leading}"${end}>${escapeHtml(text)}</text>`,
    )
    .join('');
}

/** Stations alternate between a lower and an upper level; a stretch climbs at 45 degrees half-way. */
function wide(count: number): Layout {
  const [margin, span, low, high] = [76, 304, 152, 72];
  return {
    width: margin * 2 + span * (count - 1),
    height: 204,
    stations: Array.from({ length: count }, (_, i) => [
      margin + span * i,
      i % 2 === 0 ? low : high,
    ]),
    path: ([x, y], [toX, toY]) => `M${x},${y}${bend(toX - x, toY - y, false)}`,
    stationText: ([x, y]) =>
      y === low ? { x, y: y + 32, anchor: 'middle' } : { x, y: y - 40, anchor: 'middle' },
    stretchText: ([x, y], [toX], lines) =>
      y === low
        ? { x: x - 8, y: low - 20 - (lines - 1) * 15, anchor: 'start' }
        : { x: toX + 8, y: low - 20 - (lines - 1) * 15, anchor: 'end' },
  };
}

/** The same line turned: stations step aside and back, all text stands to the right. */
function tall(count: number): Layout {
  const [top, span, left, right] = [22, 132, 22, 50];
  return {
    width: 320,
    height: top * 2 + span * (count - 1) + 14,
    stations: Array.from({ length: count }, (_, i) => [i % 2 === 0 ? left : right, top + span * i]),
    path: ([x, y], [toX, toY]) => `M${x},${y}${bend(toY - y, toX - x, true)}`,
    stationText: ([, y]) => ({ x: 82, y: y + 5, anchor: 'start' }),
    stretchText: ([, y], [, toY], lines) => ({
      x: 82,
      y: (y + toY) / 2 + 13 - (lines - 1) * 7.5,
      anchor: 'start',
    }),
  };
}

/**
 * Straight on, aside at 45 degrees, straight on: both corners rounded.
 *
 * @param isDown Along is downwards and aside is rightwards, instead of the other way round.
 */
function bend(along: number, aside: number, isDown: boolean): string {
  const [straight, slant] = [14, 10];
  const sign = Math.sign(aside);
  const ahead = (along - Math.abs(aside)) / 2 - straight;
  const rest = Math.abs(aside) - 2 * slant;
  const by = (forth: number, side: number): string =>
    (isDown ? [sign * side, forth] : [forth, sign * side]).join();
  const go = (isDown ? 'v' : 'h') + String(ahead);
  return `${go}q${by(straight, 0)} ${by(straight + slant, slant)}l${by(rest, rest)}q${by(slant, slant)} ${by(straight + slant, slant)}${go}`;
}
