/** The lab as a transit map: everybody's way to the apiservers, what stands behind them, and the way to the pods. */
import { escapeHtml } from '../i18n/inline-code.ts';

export interface LabMapNames {
  readonly client: string;
  readonly loadBalancer: string;
  readonly cloudLoadBalancer: string;
}

interface Station {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Its name stands below it unless told. */
  readonly label?: 'above' | 'before';
  /** What it is called in the list; absent: it is no machine of the lab. */
  readonly machine?: string;
}

interface Track {
  /** Which machine's end makes it dark. */
  readonly machine?: string;
  /** Of the proxy whose colour it has; absent: the page's. */
  readonly line?: string;
  readonly path: string;
}

/**
 * SVG markup of three apiservers, three nodes and what joins them. Stations and tracks carry
 * `data-machine`; the list beside it is the text twin, so it is hidden from who cannot see it.
 */
export function drawLab(names: LabMapNames): string {
  const tracks = [...upperTracks, ...cloudTracks, ...lowerTracks].map(
    ({ machine, line, path }) =>
      `<path${attribute('machine', machine)}${attribute('line', line)} class="track" d="${path}"/>`,
  );
  const drawn = stations(names).map(({ machine, name, x, y, label }) => {
    const [textX, textY, anchor] = place(x, y, label);
    return `<g class="station"${attribute('machine', machine)}><circle cx="${x}" cy="${y}" r="9"/><text x="${textX}" y="${textY}" text-anchor="${anchor}">${escapeHtml(name)}</text></g>`;
  });
  return `<svg class="lab-map" viewBox="0 0 760 386" aria-hidden="true">${tracks.join('')}${drawn.join('')}</svg>`;
}

const [left, middle, columnX, right] = [60, 250, 470, 690];
const rows = [46, 106, 166] as const;
const nodeRow = 268;
const nodeX = [430, 560, 690] as const;
const cloudRow = 336;

/** Where the way parts to the three apiservers, and where it comes together behind them. */
const [parting, joining] = [310, 590] as const;

/** From the reader to the load balancer, to each apiserver, to the store. */
const upperTracks: readonly Track[] = [
  { machine: 'apiserver-load-balancer', path: `M${left},${rows[1]}H${parting}` },
  ...rows.map((y, index) => ({ machine: `apiserver-${index + 1}`, path: aside(y - rows[1]) })),
  { machine: 'store', path: `M${joining},${rows[1]}H${right}` },
];

/** Controllers and nodes find the apiservers through the load balancer, too: one line, from stop to stop. */
const lowerTracks: readonly Track[] = [
  { machine: 'controllers', path: `M${middle},${rows[1]}V${nodeRow - 40}q0,40 40,40H300` },
  ...nodeX.map((x, index) => ({
    machine: `node-${index + 1}`,
    path: `M${[300, ...nodeX][index] ?? 300},${nodeRow}H${x}`,
  })),
];

/** From outside to Services: past the apiservers, to every node. */
const cloudTracks: readonly Track[] = [
  `M${left},${rows[1]}V${cloudRow - 40}q0,40 40,40H${nodeX[2] - 30}`,
  ...nodeX.map((x) => `M${x - 60},${cloudRow}h30q30,0 30,-30V${nodeRow}`),
].map((path) => ({ machine: 'cloud-load-balancer', line: 'cloud-load-balancer', path }));

function stations({ client, loadBalancer, cloudLoadBalancer }: LabMapNames): readonly Station[] {
  return [
    { name: client, x: left, y: rows[1], label: 'above' },
    {
      name: loadBalancer,
      machine: 'apiserver-load-balancer',
      x: middle,
      y: rows[1],
      label: 'before',
    },
    ...rows.map((y, index) => {
      const machine = `apiserver-${index + 1}`;
      return { name: machine, machine, x: columnX, y, label: 'above' as const };
    }),
    { name: 'store', machine: 'store', x: right, y: rows[1] },
    { name: 'controllers', machine: 'controllers', x: 300, y: nodeRow },
    ...nodeX.map((x, index) => {
      const machine = `node-${index + 1}`;
      return { name: machine, machine, x, y: nodeRow, label: 'above' as const };
    }),
    { name: cloudLoadBalancer, machine: 'cloud-load-balancer', x: middle, y: cloudRow },
  ];
}

/** To a row above or below at 45 degrees, and back from it. */
function aside(rise: number): string {
  const along = Math.abs(rise);
  const start = `M${parting},${rows[1]}`;
  if (along === 0) return `${start}H${joining}`;
  return `${start}l${along},${rise}H${joining - along}L${joining},${rows[1]}`;
}

function place(x: number, y: number, label: Station['label']): readonly [number, number, string] {
  if (label === 'above') return [x, y - 19, 'middle'];
  if (label === 'before') return [x + 24, y - 19, 'end'];
  return [x, y + 30, 'middle'];
}

function attribute(name: 'machine' | 'line', value: string | undefined): string {
  return value === undefined ? '' : ` data-${name}="${value}"`;
}
