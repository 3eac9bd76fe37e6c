/** `<hop-balance>`: asks one Service many times, and counts in front of the reader which pod answered. */
import { whatIsBehind } from './behind.ts';
import { live, LiveProblem } from './stream.ts';
import { words } from './words.ts';

export class HopBalance extends HTMLElement {
  readonly #button = document.createElement('button');
  readonly #counts = new Map<string, number>();
  #running: AbortController | undefined;
  #frame = 0;

  connectedCallback(): void {
    void whatIsBehind().then((kind) => {
      // Elsewhere the recording is all there is, and it is there.
      if (kind !== 'lab' || !this.isConnected || this.contains(this.#button)) return;
      this.#button.className = 'button';
      this.#button.textContent = this.dataset.ask ?? '';
      this.#button.addEventListener('click', () => void this.#press());
      this.prepend(this.#button);
    });
  }

  disconnectedCallback(): void {
    this.#running?.abort();
  }

  async #press(): Promise<void> {
    if (this.#running) {
      this.#running.abort();
      return;
    }
    const { signal } = (this.#running = new AbortController());
    this.#button.textContent = words.run?.cancel ?? '';
    this.ariaBusy = 'true';
    this.querySelector('.when')?.remove();
    this.#say('');
    try {
      await this.#follow(signal);
    } catch (error) {
      const broken = error instanceof LiveProblem ? error.message : words.run?.failed;
      this.#say((signal.aborted ? words.run?.cancelled : broken) ?? '');
    }
    cancelAnimationFrame(this.#frame);
    this.#draw();
    this.#running = undefined;
    this.#button.textContent = this.dataset.ask ?? '';
    this.ariaBusy = 'false';
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const path = `/live/balance/${this.dataset.proxy ?? ''}`;
    for await (const line of live({ path, method: 'POST', signal })) {
      if (line.type === 'pods') this.#begin(line.pods);
      else if (line.type === 'pick') {
        this.#counts.set(line.pod, (this.#counts.get(line.pod) ?? 0) + 1);
        if (isStill) continue;
        cancelAnimationFrame(this.#frame);
        this.#frame = requestAnimationFrame(() => this.#draw());
      } else if (line.type === 'result') this.#say(line.text);
      else if (line.type === 'error') throw new LiveProblem(line.message);
    }
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

  /** Only once all has been said: numbers that run are for the eye. */
  #say(text: string): void {
    const status = this.querySelector('[role=status]');
    if (status) status.textContent = text;
  }
}

customElements.define('hop-balance', HopBalance);
