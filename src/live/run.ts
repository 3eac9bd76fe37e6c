/** `<hop-run>`: the button of a claim or an example, and what it shows. */
import { whatIsBehind } from './behind.ts';
import { words } from './words.ts';

export class HopRun extends HTMLElement {
  readonly #button = document.createElement('button');
  readonly #output = document.createElement('div');
  #running: AbortController | undefined;

  connectedCallback(): void {
    const { run } = words;
    if (!run || this.contains(this.#button)) return;
    this.#button.className = 'button';
    this.#button.textContent = run.run;
    this.#button.addEventListener('click', () => void this.#press());
    this.#output.className = 'live';
    this.#output.ariaLive = 'polite';
    this.prepend(this.#button);
    this.append(this.#output);
    void whatIsBehind().then((kind) => {
      if (kind) return;
      this.#button.textContent = run.recording;
      this.#button.classList.add('quiet');
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
    const running = new AbortController();
    this.#running = running;
    this.#button.textContent = words.run?.cancel ?? '';
    this.#output.ariaBusy = 'true';
    const { kind = '', id = '', line = '' } = this.dataset;
    const { follow, LiveMap } = await import('./follow.ts');
    const request = { path: `/live/${kind}/${id}`, method: 'POST', signal: running.signal };
    const own = this.closest('.hero')?.querySelector('.figure') ?? null;
    const is = await follow(request, this.#output, new LiveMap(line, own));
    this.#running = undefined;
    this.#button.textContent = (is ? words.run?.again : words.run?.recording) ?? '';
    this.#output.ariaBusy = 'false';
  }
}
