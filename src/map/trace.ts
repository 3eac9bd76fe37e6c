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
  return (
    `<li>${isRequest(hop) ? requestLines(hop, words) : connectionLines(hop, words)}` +
    (decision === '' ? '' : `<p>${inlineCode(decision)}</p>`) +
    (headers.length === 0 ? '' : `<ul class="changes">${headers.join('')}</ul>`) +
    '</li>'
  );
}

/** Below HTTP there is nothing asked, and nothing answered, that the proxy would know of. */
function isRequest({ protocol }: Hop): boolean {
  return protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP';
}

function requestLines(hop: Hop, words: TraceWords): string {
  const status = hop.status === null ? '' : ` → <b>${hop.status}</b>`;
  return (
    `<p><b>${name(hop.from, words)}</b> → <b>${name(hop.to, words)}</b> ${address(hop.to)}</p>` +
    `<p><code>${escapeHtml(`${hop.method} ${hop.target}`)}</code>${status}</p>` +
    `<p class="dim">${escapeHtml(hop.protocol)} · ${escapeHtml(hop.tls?.version ?? words.noTls)} · ${milliseconds(hop.tookMs, words.tag)}</p>`
  );
}

/** From where it seems to come is half of what there is to see. */
function connectionLines({ from, to, protocol }: Hop, words: TraceWords): string {
  return (
    `<p><b>${name(from, words)}</b> ${address(from)} → <b>${name(to, words)}</b> ${address(to)}</p>` +
    `<p class="dim">${escapeHtml(protocol)}</p>`
  );
}

function address(end: Hop['to']): string {
  return `<span class="dim">${escapeHtml(end.address)}</span>`;
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
