/** Sends a live request and shows what comes of it; loaded when somebody first presses a button. */
import styleUrl from '../styles/live.css?url';
import { loadStyle } from './load-style.ts';
import { LiveMap } from './live-map.ts';
import { Output } from './output.ts';
import { loadLateWords } from './late-words.ts';
import { live, LiveProblem, NothingRuns } from './stream.ts';
import { words } from './words.ts';

export interface LiveRequest {
  readonly path: string;
  readonly method: string;
  readonly signal: AbortSignal;
  readonly body?: { readonly type: string; readonly content: string } | undefined;
}

/** Tries the claim, or sends the example, that the element stands for; resolves with what its button is then called. */
export async function run(
  element: HTMLElement,
  output: HTMLElement,
  signal: AbortSignal,
): Promise<string> {
  const request = { path: `/live/${what(element)}`, method: 'POST', signal };
  const { line = '' } = element.closest<HTMLElement>('[data-line]')?.dataset ?? {};
  const own = element.closest('.hero')?.querySelector('.figure') ?? null;
  const isThere = await follow(request, output, new LiveMap(line, own));
  return (isThere ? words.run?.again : words.run?.recording) ?? '';
}

/**
 * What is tried, by its place on the page.
 *
 * @example what(<hop-run> in #claim-tcp of the page of kube-proxy) // 'proofs/kube-proxy.tcp'
 */
function what(element: HTMLElement): string {
  const [, kind, name] = /^(claim|example)-(.*)/.exec(element.closest('[id]')?.id ?? '') ?? [];
  const { about = '' } = element.closest<HTMLElement>('[data-about]')?.dataset ?? {};
  return `${kind === 'claim' ? 'proofs' : 'examples'}/${about}.${name ?? ''}`;
}

/** Resolves when all is shown, also what went wrong; false where nothing runs behind the page. */
export async function follow(
  request: LiveRequest,
  element: HTMLElement,
  map: LiveMap,
): Promise<boolean> {
  const { run } = words;
  const [late] = await Promise.all([loadLateWords().catch(() => null), styled]);
  if (!late) {
    element.textContent = run?.failed ?? '';
    return true;
  }
  const output = new Output(element, map, late);
  const recorded = element.parentElement?.querySelector<HTMLDetailsElement>(':scope > details');
  if (recorded) recorded.open = false;
  try {
    for await (const line of live(request)) output.show(line);
  } catch (error) {
    if (request.signal.aborted) {
      output.say(run?.cancelled ?? '');
      return true;
    }
    const isNothing = error instanceof NothingRuns;
    const said = error instanceof LiveProblem ? error.message : run?.failed;
    output.say((isNothing ? late.offline : said) ?? '');
    // What did not come now came once.
    if (recorded) recorded.open = true;
    return !isNothing;
  }
  return true;
}

const styled = loadStyle(styleUrl);
