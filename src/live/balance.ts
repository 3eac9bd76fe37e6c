/** `<hop-balance>`: asks one Service many times, and counts in front of the reader which pod answered. */
import type { LiveLine } from '../server/live/lines.ts';
import { whatIsBehind } from './behind.ts';
import { Experiment } from './experiment.ts';
import { words } from './words.ts';

export class HopBalance extends Experiment {
  readonly #counts = new Map<string, number>();
  readonly #isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  #frame = 0;

  protected override get path(): string {
    return `/live/balance/${this.dataset.proxy ?? ''}`;
  }

  protected override async isPossible(): Promise<boolean> {
    return (await whatIsBehind()) === 'lab';
  }

  protected override begin(): void {
    // Its rows come with the names of the pods.
  }

  protected override note(line: LiveLine): void {
    if (line.type === 'pods') this.#begin(line.pods);
    if (line.type !== 'pick') return;
    this.#counts.set(line.pod, (this.#counts.get(line.pod) ?? 0) + 1);
    if (this.#isStill) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  protected override end(): void {
    cancelAnimationFrame(this.#frame);
    this.#draw();
  }

  /** A row for each pod, with nothing in it yet. */
  #begin(pods: readonly string[]): void {
    this.#counts.clear();
    const rows = pods.map((pod) => {
      this.#counts.set(pod, 0);
      const row = document.createElement('tr');
      const name = document.createElement('th');
      name.scope = 'row';
      name.textContent = pod;
      const bar = document.createElement('progress');
      bar.ariaHidden = 'true';
      const answers = document.createElement('td');
      answers.append(bar, ' ', document.createElement('span'));
      row.append(name, answers, document.createElement('td'));
      return row;
    });
    this.querySelector('tbody')?.replaceChildren(...rows);
    this.#draw();
  }

  #draw(): void {
    const counts = [...this.#counts.values()];
    const sum = counts.reduce((all, count) => all + count, 0);
    const share = new Intl.NumberFormat(words.tag, {
      style: 'percent',
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    });
    for (const [i, row] of this.querySelectorAll('tbody tr').entries()) {
      const count = counts[i] ?? 0;
      const bar = row.querySelector('progress');
      if (bar) {
        bar.max = Math.max(...counts, 1) * 1.25;
        bar.value = count;
      }
      const [, answers, part] = row.children;
      const number = answers?.querySelector('span');
      if (number) number.textContent = String(count);
      if (part) part.textContent = sum === 0 ? '' : share.format(count / sum);
    }
  }
}

customElements.define('hop-balance', HopBalance);
