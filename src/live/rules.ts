/** `<hop-rules>`: reads what a Service makes a node hold, and follows it for a while. */
import { inlineCode } from '../i18n/inline-code.ts';
import type { RulesLine } from '../server/live/lines.ts';
import { whatIsBehind } from './behind.ts';
import { live, LiveProblem } from './stream.ts';
import { words } from './words.ts';

export class HopRules extends HTMLElement {
  #running: AbortController | undefined;
  /** What stood there before, by family and name: what is not among it is new. */
  #before: ReadonlyMap<string, ReadonlySet<string>> | undefined;

  connectedCallback(): void {
    void whatIsBehind().then((kind) => {
      // Elsewhere the recording is all there is, and it is there.
      const form = this.querySelector('form');
      if (kind !== 'lab' || !form?.hidden) return;
      form.hidden = false;
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        if (this.#running) this.#running.abort();
        else void this.#read();
      });
      form.addEventListener('change', () => {
        this.#before = undefined;
        this.#running?.abort();
      });
    });
  }

  disconnectedCallback(): void {
    this.#running?.abort();
  }

  async #read(): Promise<void> {
    const running = (this.#running = new AbortController());
    const { signal } = running;
    const [service = '', node = ''] = [...this.querySelectorAll('select')].map(
      ({ value }) => value,
    );
    const path = `/live/rules/${node}/${service}`;
    this.#label(this.dataset.stop);
    this.#say('');
    this.ariaBusy = 'true';
    try {
      for await (const line of live({ path, method: 'POST', signal })) {
        if (line.type === 'rules') this.#show(line);
        else if (line.type === 'error') throw new LiveProblem(line.message);
        this.ariaBusy = 'false';
      }
    } catch (error) {
      const broken = error instanceof LiveProblem ? error.message : words.run?.failed;
      if (!signal.aborted) this.#say(broken ?? '');
    }
    this.ariaBusy = 'false';
    this.#running = undefined;
    this.#label(this.dataset.read);
  }

  #show({ families, text }: RulesLine): void {
    const now = new Map<string, ReadonlySet<string>>();
    let changes = 0;
    const closed = new Set(
      [...this.querySelectorAll('details:not([open]) summary')].map((one) => one.textContent),
    );
    const drawn = families
      .filter(({ groups }) => groups.length > 0)
      .map(({ family, groups }) => {
        const details = element('details', element('summary', family));
        details.open = !closed.has(family);
        const list = document.createElement('dl');
        for (const { name, what, lines } of groups) {
          const key = `${family} ${name}`;
          now.set(key, new Set(lines));
          const said = element('dd');
          said.innerHTML = inlineCode(what);
          const code = element('code');
          for (const [index, line] of lines.entries()) {
            const isNew = this.#before !== undefined && this.#before.get(key)?.has(line) !== true;
            if (index > 0) code.append('\n');
            code.append(isNew ? element('mark', line) : line);
            if (isNew) changes += 1;
          }
          const block = element('pre', code);
          block.tabIndex = 0;
          said.append(block);
          list.append(element('dt', element('code', name)), said);
        }
        details.append(list);
        return details;
      });
    for (const [key, lines] of this.#before ?? []) {
      changes += [...lines].filter((line) => now.get(key)?.has(line) !== true).length;
    }
    this.querySelector('.rules')?.replaceChildren(...drawn);
    this.#say(text ?? (changes > 0 ? (this.dataset.changed ?? '') : ''));
    this.#before = now;
  }

  #label(text = ''): void {
    const button = this.querySelector('button');
    if (button) button.textContent = text;
  }

  #say(text: string): void {
    const status = this.querySelector('[role=status]');
    if (status) status.textContent = text;
  }
}

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}

customElements.define('hop-rules', HopRules);
