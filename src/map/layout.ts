/** Where the stations and stretches of a line are drawn. */
import type { MapLine, MapStation, MapStretch } from './line.ts';
import { bent, rounded, type Point } from './path.ts';

export interface TextPlace {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  station(station: MapStation): (Point & { readonly at: TextPlace }) | undefined;
  stretch(stretch: MapStretch): { readonly path: string; readonly at: TextPlace } | undefined;
}

/** The stations one after the other, and those that follow the last of them side by side. */
interface Fork {
  readonly trunk: readonly string[];
  /** Empty where the line does not fork. */
  readonly branches: readonly string[];
}

export function layOut(line: MapLine, orientation: 'wide' | 'tall'): Layout {
  const fork = forkOf(line);
  return (orientation === 'wide' ? wide : tall)(fork);
}

function forkOf({ stations, stretches }: MapLine): Fork {
  const ids = stations.map(({ id }) => id);
  const parting = ids.find((id) => stretches.filter(({ from }) => from === id).length > 1);
  if (parting === undefined) return { trunk: ids, branches: [] };
  const end = ids.indexOf(parting) + 1;
  return { trunk: ids.slice(0, end), branches: ids.slice(end) };
}

/** Stations alternate between a lower and an upper level; a stretch climbs at 45 degrees half-way. */
function wide({ trunk, branches }: Fork): Layout {
  const [margin, span, apart] = [76, 304, 92];
  const isForked = branches.length > 0;
  const high = isForked ? 58 + ((branches.length - 1) / 2) * apart : 72;
  const low = high + 80;
  const columns = trunk.length + (isForked ? 1 : 0);
  const points = new Map<string, Point>(
    trunk.map((id, i) => [id, { x: margin + span * i, y: i % 2 === 0 ? low : high }]),
  );
  const parting = points.get(trunk.at(-1) ?? '') ?? { x: 0, y: 0 };
  /** Texts keep clear of each other at a station between two stretches. */
  const asideOf = (id: string) => {
    const i = trunk.indexOf(id);
    return i > 0 && i < columns - 1 ? 14 : -8;
  };
  const branchY = (i: number) => parting.y + (i - (branches.length - 1) / 2) * apart;
  for (const [i, id] of branches.entries()) {
    points.set(id, { x: parting.x + span - 24, y: branchY(i) });
  }
  return {
    width: margin * 2 + span * (columns - 1),
    height: Math.max(low + 52, isForked ? branchY(branches.length - 1) + 60 : 0),
    station: ({ id }) => {
      const point = points.get(id);
      if (!point) return undefined;
      const { x, y } = point;
      if (branches.includes(id)) return { x, y, at: { x: x + 18, y: y + 5, anchor: 'start' } };
      return { x, y, at: { x, y: y === low ? y + 32 : y - 40, anchor: 'middle' } };
    },
    stretch: ({ from, to, labels }) => {
      const [start, end] = [points.get(from), points.get(to)];
      if (!start || !end) return undefined;
      const path = bent(start, end, 'x');
      const above = (labels.length - 1) * 15;
      if (branches.includes(to)) {
        const y = end.y > start.y ? end.y + 21 : end.y - 16 - above;
        return { path, at: { x: end.x - 14, y, anchor: 'end' } };
      }
      const y = low - 20 - above;
      const isClimbing = start.y === low;
      const at = isClimbing
        ? { x: start.x + asideOf(from), y, anchor: 'start' as const }
        : { x: end.x - asideOf(to), y, anchor: 'end' as const };
      return { path, at };
    },
  };
}

/** The same line turned: stations step aside and back, all text stands to the right. */
function tall({ trunk, branches }: Fork): Layout {
  const [top, span, apart, left, right] = [22, 132, 104, 22, 50];
  const points = new Map<string, Point>(
    trunk.map((id, i) => [id, { x: i % 2 === 0 ? left : right, y: top + span * i }]),
  );
  const parting = points.get(trunk.at(-1) ?? '') ?? { x: 0, y: 0 };
  const side = parting.x === left ? right : left;
  for (const [i, id] of branches.entries()) {
    points.set(id, { x: parting.x, y: parting.y + apart * (i + 1) });
  }
  const last = [...points.values()].at(-1)?.y ?? 0;
  return {
    width: 320,
    height: last + top + (branches.length > 0 ? 46 : 14),
    station: ({ id }) => {
      const point = points.get(id);
      return point && { ...point, at: { x: 82, y: point.y + 5, anchor: 'start' } };
    },
    stretch: ({ from, to, labels }) => {
      const [start, end] = [points.get(from), points.get(to)];
      if (!start || !end) return undefined;
      if (branches.includes(to)) {
        const path = rounded([
          start,
          { x: start.x, y: start.y + 24 },
          { x: side, y: start.y + 52 },
          { x: side, y: end.y - 36 },
          { x: end.x, y: end.y - 8 },
          end,
        ]);
        return { path, at: { x: 82, y: end.y + 24, anchor: 'start' } };
      }
      const y = (start.y + end.y) / 2 + 13 - (labels.length - 1) * 7.5;
      return { path: bent(start, end, 'y'), at: { x: 82, y, anchor: 'start' } };
    },
  };
}
