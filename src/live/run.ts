/** `<hop-run>`: the button of a claim or an example, and where it shows what comes of it. */
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
    this.#running = new AbortController();
    this.#button.textContent = words.run?.cancel ?? '';
    this.#output.ariaBusy = 'true';
    const { run } = await import('./follow.ts');
    this.#button.textContent = await run(this, this.#output, this.#running.signal);
    this.#output.ariaBusy = 'false';
    this.#running = undefined;
  }
}
