/** What the page's longer experiments have in common: a button that begins and stops, and words that say how far. */
import type { LiveLine } from '../server/live/lines.ts';
import { live, LiveProblem } from './stream.ts';
import { words } from './words.ts';

/** An element with a recording in it, a table and a `role=status`; `data-ask` is its button's text. */
export abstract class Experiment extends HTMLElement {
  readonly #button = document.createElement('button');
  #running: AbortController | undefined;

  /** Elsewhere the recording is all there is, and it is there. */
  protected abstract isPossible(): Promise<boolean>;
  /** Of the live API: `/live/…` */
  protected abstract get path(): string;
  /** It begins anew: what was there is gone. */
  protected abstract begin(): void;
  protected abstract note(line: LiveLine): void;
  /** All has been told. */
  protected abstract end(): void;

  connectedCallback(): void {
    void this.isPossible().then((isPossible) => {
      if (!isPossible || !this.isConnected || this.contains(this.#button)) return;
      this.#button.className = 'button';
      this.#button.type = 'button';
      this.#button.textContent = this.dataset.ask ?? '';
      this.#button.addEventListener('click', () => void this.#press());
      this.place(this.#button);
    });
  }

  /** Where its button stands: first, unless it has a place of its own. */
  protected place(button: HTMLButtonElement): void {
    this.prepend(button);
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
    this.say('');
    try {
      this.begin();
      for await (const line of live({ path: this.path, method: 'POST', signal })) {
        if (line.type === 'error') throw new LiveProblem(line.message);
        if (line.type === 'result') this.say(line.text);
        else this.note(line);
      }
    } catch (error) {
      const broken = error instanceof LiveProblem ? error.message : words.run?.failed;
      this.say((signal.aborted ? words.run?.cancelled : broken) ?? '');
    }
    this.end();
    this.#running = undefined;
    this.#button.textContent = this.dataset.ask ?? '';
    this.ariaBusy = 'false';
  }

  /** For who listens, too: not for what goes by too fast to be heard. */
  protected say(text: string): void {
    const status = this.querySelector('[role=status]');
    if (status) status.textContent = text;
  }
}
