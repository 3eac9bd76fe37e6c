/** Ways on the map: straight on, aside at 45 degrees, with rounded corners. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Straight on, aside at 45 degrees, straight on. */
export function bent(start: Point, end: Point, along: 'x' | 'y'): string {
  const across = along === 'x' ? 'y' : 'x';
  const aside = Math.abs(end[across] - start[across]);
  const ahead = (end[along] - start[along] - aside) / 2;
  const corner = (point: Point, by: number): Point => ({ ...point, [along]: point[along] + by });
  return rounded([start, corner(start, ahead), corner(end, -ahead), end]);
}

/** How far before and behind a corner its curve begins and ends. */
const curve = 14;

/** Relative from its first point on: ways of one shape are then written alike, and weigh less. */
export function rounded(points: readonly Point[]): string {
  const towards = (from: Point, to: Point): Point => {
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const part = length === 0 ? 0 : Math.min(curve / length, 0.5);
    return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
  };
  let pen: Point = { x: 0, y: 0 };
  const to = (point: Point): string => {
    const next = { x: Math.round(point.x), y: Math.round(point.y) };
    const [x, y] = [next.x - pen.x, next.y - pen.y];
    return `${x}${y < 0 ? '' : ' '}${y}`;
  };
  const line = (point: Point): string => {
    const text = `l${to(point)}`;
    pen = { x: Math.round(point.x), y: Math.round(point.y) };
    return text.replace(/^l(-?\d+)(?: 0)$/, 'h$1').replace(/^l0 ?(-?\d+)$/, 'v$1');
  };
  return points
    .map((point, i) => {
      const [before, after] = [points[i - 1], points[i + 1]];
      if (!before) {
        pen = { x: Math.round(point.x), y: Math.round(point.y) };
        return `M${pen.x} ${pen.y}`;
      }
      if (!after) return line(point);
      const entry = line(towards(point, before));
      const exit = towards(point, after);
      const turn = `q${to(point)} ${to(exit)}`.replace(/ -/g, '-');
      pen = { x: Math.round(exit.x), y: Math.round(exit.y) };
      return entry + turn;
    })
    .join('');
}
