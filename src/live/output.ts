/** Shows what happens while it happens: the line on the map, the same as text, the answer. */
import { inlineCode } from '../i18n/inline-code.ts';
import { traceItem } from '../map/trace.ts';
import type { LiveLine } from '../server/live/lines.ts';
import type { LiveMap } from './live-map.ts';
import { words } from './words.ts';

/** As much of an answer as a reader wants to see. */
const maxBodyLines = 40;

/** Draws the lines of a stream into an element that it empties first. */
export class Output {
  readonly #element: HTMLElement;
  readonly #map: LiveMap;
  #section: HTMLElement;
  #hasBegun = false;
  #trace: HTMLOListElement | undefined;
  #body: HTMLElement | undefined;

  constructor(element: HTMLElement, map: LiveMap) {
    this.#element = element;
    this.#map = map;
    this.#section = element;
    element.replaceChildren();
  }

  show(line: LiveLine): void {
    this.#begin();
    switch (line.type) {
      case 'world':
        this.#section = this.#element;
        this.#section = this.#add('section', '');
        this.#trace = undefined;
        this.#add('p', words.run?.[line.world] ?? '').className = 'world';
        break;
      case 'hop':
        // The map shows what is claimed, not its contrary.
        if (line.world !== 'refuted') this.#map.light(line.hop);
        this.#traceList(line.world !== undefined).insertAdjacentHTML(
          'beforeend',
          words.trace ? traceItem(line.hop, words.trace, line.text ?? '') : '',
        );
        break;
      case 'observation':
        this.#observe(line.text, line.standing);
        break;
      case 'answer':
        this.#answer(line.body ?? '');
        break;
      case 'chunk':
        this.#answer((this.#body?.textContent ?? '') + line.text);
        break;
      case 'result':
        this.#section = this.#element;
        this.#map.end();
        this.#add('p', line.text).className = `result ${line.result}`;
        break;
      case 'error':
        this.say(line.message);
    }
  }

  /** Something has come: there is a line to draw. */
  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#map.start(this.#element);
  }

  /** A sentence of its own: cancelled, broken, refused. */
  say(text: string): void {
    this.#section = this.#element;
    this.#add('p', text).className = 'result defective';
  }

  /** What a proof saw stands above its hops. */
  #observe(text: string, standing: string): void {
    const paragraph = this.#add('p', '');
    paragraph.className = `seen ${standing}`;
    paragraph.innerHTML = inlineCode(text);
    const hops = this.#trace?.parentElement;
    if (hops && hops !== this.#section) hops.before(paragraph);
  }

  #add<Tag extends 'p' | 'section'>(tag: Tag, text: string): HTMLElementTagNameMap[Tag] {
    const child = document.createElement(tag);
    child.textContent = text;
    (tag === 'section' ? this.#element : this.#section).append(child);
    return child;
  }

  /** A request's hops stand open; those of a proof's many requests fold away. */
  #traceList(isFolded: boolean): HTMLOListElement {
    if (this.#trace) return this.#trace;
    const list = document.createElement('ol');
    list.className = 'trace';
    if (isFolded) {
      const details = document.createElement('details');
      const summary = document.createElement('summary');
      summary.textContent = words.run?.hops ?? '';
      details.append(summary, list);
      this.#section.append(details);
    } else this.#section.append(list);
    return (this.#trace = list);
  }

  #answer(text: string): void {
    if (!this.#body) {
      const block = document.createElement('pre');
      block.tabIndex = 0;
      this.#section.append(block);
      this.#body = block;
    }
    const lines = readable(text).split('\n');
    const isLong = lines.length > maxBodyLines;
    this.#body.textContent = isLong
      ? [...lines.slice(0, maxBodyLines), words.run?.shortened].join('\n')
      : lines.join('\n');
  }
}

/** JSON on one line is for machines. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body.trimEnd();
  }
}
