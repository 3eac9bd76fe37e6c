/** A trace as text: the same markup for what was recorded at build and for what arrives live. */
import type { Hop, HeaderChange } from '../../proxies/kit/hop.ts';
import { escapeHtml, inlineCode } from '../i18n/inline-code.ts';

/** The few words a trace needs; the browser gets them with the page. */
export interface TraceWords {
  /** How numbers are written. */
  readonly tag: string;
  readonly stations: Readonly<Record<string, string>>;
  readonly noTls: string;
  readonly added: string;
  readonly removed: string;
  readonly changed: string;
}

/**
 * One hop as a list item: who to whom, how, what was asked and answered, what was decided, and which
 * headers changed.
 *
 * @param decision what was decided, in the reader's language
 */
export function traceItem(hop: Hop, words: TraceWords, decision: string): string {
  const { added, removed, changed } = hop.headers;
  const headers = [
    ...added.map((header) => headerChange('+', words.added, header)),
    ...removed.map((header) => headerChange('−', words.removed, header)),
    ...changed.map((header) => headerChange('±', words.changed, header)),
  ];
  const status = hop.status === null ? '' : ` → <b>${hop.status}</b>`;
  return (
    `<li><p><b>${name(hop.from, words)}</b> → <b>${name(hop.to, words)}</b> <span class="dim">${escapeHtml(hop.to.address)}</span></p>` +
    `<p><code>${escapeHtml(`${hop.method} ${hop.target}`)}</code>${status}</p>` +
    `<p class="dim">${escapeHtml(hop.protocol)} · ${escapeHtml(hop.tls?.version ?? words.noTls)} · ${milliseconds(hop.tookMs, words.tag)}</p>` +
    (decision === '' ? '' : `<p>${inlineCode(decision)}</p>`) +
    (headers.length === 0 ? '' : `<ul class="changes">${headers.join('')}</ul>`) +
    '</li>'
  );
}

function name({ station }: Hop['from'], words: TraceWords): string {
  return escapeHtml(words.stations[station] ?? station);
}

function headerChange(sign: string, verb: string, { name, from, to }: HeaderChange): string {
  const value = [from, to].filter((side) => side !== undefined).join(' → ');
  return `<li><span aria-hidden="true">${sign}</span><span class="unseen">${escapeHtml(verb)}</span> <code>${escapeHtml(value === '' ? name : `${name}: ${value}`)}</code></li>`;
}

function milliseconds(ms: number, tag: string): string {
  const maximumFractionDigits = ms < 10 ? 1 : 0;
  return `${new Intl.NumberFormat(tag, { maximumFractionDigits }).format(ms)} ms`;
}
