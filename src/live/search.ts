/** Searches the pages of the reader's language with Pagefind. */
import styleUrl from '../styles/search.css?url';
import { loadStyle } from './load-style.ts';
import { words } from './words.ts';

void loadStyle(styleUrl);

/** What is used of Pagefind's browser API, which the build writes beside the pages. */
interface Pagefind {
  options(options: { readonly excerptLength: number }): Promise<void>;
  /** Null when a later search has overtaken this one. */
  debouncedSearch(query: string): Promise<{ readonly results: readonly Found[] } | null>;
}
interface Found {
  data(): Promise<{
    readonly meta: { readonly title: string };
    readonly sub_results: readonly Place[];
  }>;
}
interface Place {
  readonly title: string;
  readonly url: string;
  /** HTML: escaped text with `<mark>`. */
  readonly excerpt: string;
}

/** Where `astro build` leaves the index; a variable, so that the bundler leaves it alone. */
const pagefindUrl = '/pagefind/pagefind.js';
const started = new WeakSet<HTMLDialogElement>();

export function startSearch(dialog: HTMLDialogElement): void {
  if (started.has(dialog)) return;
  started.add(dialog);
  const input = dialog.querySelector('input');
  const status = dialog.querySelector('p');
  const list = dialog.querySelector('ol');
  if (!input || !status || !list) return;
  const pagefind = (import(/* @vite-ignore */ pagefindUrl) as Promise<Pagefind>).then(
    async (loaded) => {
      await loaded.options({ excerptLength: 18 });
      return loaded;
    },
  );
  const search = async () => {
    const query = input.value.trim();
    const found = await (await pagefind).debouncedSearch(query);
    if (!found) return;
    const pages = await Promise.all(found.results.slice(0, 6).map((result) => result.data()));
    if (query !== input.value.trim()) return;
    list.replaceChildren(
      ...pages.flatMap(({ meta, sub_results: places }) =>
        places.slice(0, 5).map((place) => placeItem(place, meta.title)),
      ),
    );
    const isNothing = query !== '' && pages.length === 0;
    status.textContent = isNothing ? words.search.none.replace('{query}', query) : '';
  };
  const searchOrSay = () => {
    search().catch(() => (status.textContent = words.search.failed));
  };
  input.addEventListener('input', searchOrSay);
  if (input.value !== '') searchOrSay();
  dialog.addEventListener('keydown', (event) => walk(event, dialog));
  list.addEventListener('click', () => dialog.close());
}

function placeItem({ title, url, excerpt }: Place, page: string): HTMLLIElement {
  const item = document.createElement('li');
  const link = document.createElement('a');
  const name = document.createElement('b');
  const text = document.createElement('span');
  link.href = url;
  name.textContent = title === page ? page : `${page} › ${title}`;
  text.innerHTML = excerpt;
  link.append(name, text);
  item.append(link);
  return item;
}

/** Arrow keys move through the results, Enter in the field takes the first. */
function walk(event: KeyboardEvent, dialog: HTMLDialogElement): void {
  const links = [...dialog.querySelectorAll<HTMLAnchorElement>('li a')];
  const at = links.findIndex((link) => link === document.activeElement);
  if (event.key === 'Enter' && at < 0 && document.activeElement instanceof HTMLInputElement) {
    event.preventDefault();
    links[0]?.click();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  (links[at + step] ?? (step < 0 ? dialog.querySelector('input') : links.at(-1)))?.focus();
}
