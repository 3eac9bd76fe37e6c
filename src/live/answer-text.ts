/** The body of an answer as a reader wants to see it, whole or while it still comes. */
import { laidOut } from '../laid-out.ts';

/** As much of an answer as a reader wants to see. */
const maxLines = 40;

export class AnswerText {
  /** As it came: what is shown is made from it anew each time, and never the other way round. */
  #raw = '';
  #head = '';
  #isStream = false;

  /** The whole body at once: JSON is laid out. `head` stands above it as it is. */
  set(body: string, head = ''): void {
    this.#raw = body;
    this.#head = head;
  }

  /** A piece of a stream, cut anywhere. Each line of a stream is an event and stays as it is. */
  add(chunk: string): void {
    this.#isStream = true;
    this.#raw += chunk;
  }

  /** @param shortened Stands below what is shown, where that is not all. */
  toShow(shortened: string): string {
    const text = this.#isStream ? this.#raw : readable(this.#raw);
    const lines = (this.#head + text).trimEnd().split('\n');
    if (lines.length <= maxLines) return lines.join('\n');
    return [...lines.slice(0, maxLines), shortened].join('\n');
  }
}

/** JSON on one line is for machines. */
function readable(body: string): string {
  try {
    return laidOut(JSON.parse(body));
  } catch {
    return body;
  }
}
