/** Shows what happens while it happens: the line on the map, the same as text, the answer. */
import { inlineCode } from '../i18n/inline-code.ts';
import { traceItem } from '../map/trace.ts';
import { locationLine } from '../location-line.ts';
import { connectedText, messageText } from '../message-text.ts';
import type { LiveLine } from '../server/live/lines.ts';
import { AnswerText } from './answer-text.ts';
import type { LiveMap } from './live-map.ts';
import type { LateWords } from './late-words.ts';

/** Draws the lines of a stream into an element that it empties first. */
export class Output {
  readonly #element: HTMLElement;
  readonly #map: LiveMap;
  readonly #words: LateWords;
  #section: HTMLElement;
  #hasBegun = false;
  #trace: HTMLOListElement | undefined;
  #body: HTMLElement | undefined;
  readonly #answer = new AnswerText();

  constructor(element: HTMLElement, map: LiveMap, words: LateWords) {
    this.#element = element;
    this.#map = map;
    this.#words = words;
    this.#section = element;
    element.replaceChildren();
  }

  show(line: LiveLine): void {
    switch (line.type) {
      case 'world':
        this.#section = this.#element;
        this.#section = this.#add('section', '');
        this.#trace = undefined;
        this.#add('p', this.#words[line.world]).className = 'world';
        break;
      case 'hop':
        // The map shows what is claimed, not its contrary.
        if (line.world !== 'refuted') {
          this.#begin();
          this.#map.light(line.hop);
        }
        this.#traceList(line.world !== undefined).insertAdjacentHTML(
          'beforeend',
          traceItem(line.hop, this.#words.trace, line.text ?? ''),
        );
        break;
      case 'observation':
        this.#observe(line.text, line.standing);
        break;
      case 'answer':
        if (line.body !== null) this.#answer.set(line.body, locationLine(line));
        this.#showAnswer();
        break;
      case 'connected':
        this.#answer.add(connectedText(line));
        this.#showAnswer();
        break;
      case 'message':
        this.#answer.add(messageText(line));
        this.#showAnswer();
        break;
      case 'chunk':
        this.#answer.add(line.text);
        this.#showAnswer();
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

  /** A hop has come: there is a line to draw. */
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
      summary.textContent = this.#words.hops;
      details.append(summary, list);
      this.#section.append(details);
    } else if (this.#body) {
      // Below HTTP the way is known only after the answer; it is told before it.
      this.#body.before(list);
    } else this.#section.append(list);
    return (this.#trace = list);
  }

  #showAnswer(): void {
    if (!this.#body) {
      this.#body = document.createElement('pre');
      this.#body.tabIndex = 0;
      this.#section.append(this.#body);
    }
    this.#body.textContent = this.#answer.toShow(this.#words.shortened);
  }
}
