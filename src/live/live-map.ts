/** The page's map, lit stretch by stretch as the hops arrive. */
import type { Hop } from '../../proxies/kit/hop.ts';

export class LiveMap {
  readonly #line: string;
  /** The figure right above, as on the home page: lit itself, not copied. */
  readonly #own: Element | null;
  #map: Element | null = null;

  constructor(line: string, own: Element | null) {
    this.#line = line;
    this.#own = own;
  }

  /** Puts a dim map at the top of the output. */
  start(output: Element): void {
    const figure = document.querySelector(`[data-line="${this.#line}"] > .map.wide`);
    if (this.#own) this.#map = this.#own;
    else if (figure) {
      this.#map = document.createElement('div');
      this.#map.append(figure.cloneNode(true));
      output.prepend(this.#map);
    }
    this.#map?.classList.add('running');
    this.#map?.querySelectorAll('.lit').forEach((lit) => lit.remove());
    this.#map?.querySelectorAll('.end').forEach((end) => end.classList.remove('end'));
  }

  light({ from, to }: Hop): void {
    for (const stretch of this.#stretches(from.station, to.station)) {
      const rail = stretch.querySelector('.rail');
      if (!rail || stretch.querySelector('.lit')) continue;
      const lit = rail.cloneNode() as Element;
      lit.classList.add('lit');
      lit.setAttribute('pathLength', '1');
      rail.after(lit);
      // Where lines share a way, the one that is lit lies on top.
      stretch.parentElement?.querySelector('.station')?.before(stretch);
    }
  }

  /** Marks where the request ended, if that was not the end of the line. */
  end(): void {
    for (const map of this.#map?.querySelectorAll('.map') ?? []) {
      const ends = (lit: string) =>
        [...map.querySelectorAll(`.stretch${lit}`)].map(
          (stretch) => stretch.getAttribute('data-hop')?.split(' ') ?? [],
        );
      const travelled = ends(':has(.lit)');
      const left = new Set(travelled.map(([from]) => from));
      for (const [, to] of travelled) {
        const goesOn = ends('').some(([from]) => from === to);
        if (to === undefined || left.has(to) || !goesOn) continue;
        map.querySelector(`[data-station="${to}"]`)?.classList.add('end');
      }
    }
  }

  #stretches(from: string, to: string): NodeListOf<Element> | readonly Element[] {
    const known = this.#map?.querySelectorAll(`[data-hop="${from} ${to}"]`) ?? [];
    // Whoever else comes to a proxy comes on the way that is drawn for its clients.
    if (known.length > 0 || to !== this.#line) return known;
    return this.#map?.querySelectorAll(`[data-hop$=" ${to}"]`) ?? [];
  }
}
