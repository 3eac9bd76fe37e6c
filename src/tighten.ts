/** White space that no reader sees: taken out of the finished pages, which readers wait for. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { defaultTreeAdapter, parse, serialize, type DefaultTreeAdapterTypes } from 'parse5';

type Node = DefaultTreeAdapterTypes.ChildNode;
type Text = DefaultTreeAdapterTypes.TextNode;
type Parent = DefaultTreeAdapterTypes.ParentNode;

/** Before what reads the finished pages. */
export function tightPages(): AstroIntegration {
  return {
    name: 'tight-pages',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const site = fileURLToPath(dir);
        const entries = await readdir(site, { recursive: true, withFileTypes: true });
        for (const entry of entries) {
          if (!entry.isFile() || !entry.name.endsWith('.html')) continue;
          const path = join(entry.parentPath, entry.name);
          await writeFile(path, tighten(await readFile(path, 'utf8')));
        }
      },
    },
  };
}

/** Its text is kept as it is: browsers collapse white space, and drop it where a line begins or ends. */
const verbatim = new Set(['pre', 'textarea', 'script', 'style', 'title']);

/** These stand in a line with the text around them; all others begin and end one, ours among them. */
const inline = new Set(
  'a abbr b bdi button cite code del em i img input ins kbd label mark progress q s samp select small span strong sub sup svg time u var wbr'.split(
    ' ',
  ),
);

/**
 * The same page, without the white space that is not shown.
 *
 * @example tighten('<ul> <li> one <b>two</b> </li> </ul>') // '…<ul><li>one <b>two</b></li></ul>…'
 */
export function tighten(html: string): string {
  const page = parse(html);
  const line = new Line();
  visit(page, line);
  line.end();
  return withoutImpliedEnds(serialize(page));
}

/** End tags that HTML implies by what follows (HTML, 13.1.2.4), of elements that come in rows. */
const impliedEnds: readonly RegExp[] = [
  /<\/li>(?=<li[ >]|<\/[uo]l>)/g,
  /<\/d[td]>(?=<d[td][ >]|<\/dl>|<\/div>)/g,
  /<\/t[dh]>(?=<t[dh][ >]|<\/tr>)/g,
  /<\/tr>(?=<tr[ >]|<\/t(?:head|body)>)/g,
  /<\/option>(?=<option[ >]|<\/select>)/g,
];

/** The same page to every parser, or as it was. */
function withoutImpliedEnds(html: string): string {
  const short = impliedEnds.reduce((text, end) => text.replace(end, ''), html);
  return serialize(parse(short)) === html ? short : html;
}

/** What is in one line so far, as far as white space goes. */
class Line {
  #last: Text | undefined;
  #isAtSpace = true;

  /** A space at the beginning of a line, or behind another, is none. */
  add(text: Text): void {
    const collapsed = text.value.replace(/[\t\n\f\r ]+/g, ' ');
    text.value = this.#isAtSpace ? collapsed.replace(/^ /, '') : collapsed;
    if (text.value === '') return;
    this.#last = text;
    this.#isAtSpace = text.value.endsWith(' ');
  }

  /** Something in the line that is no text: a space behind it is one. */
  hold(): void {
    this.#last = undefined;
    this.#isAtSpace = false;
  }

  end(): void {
    if (this.#last) this.#last.value = this.#last.value.replace(/ $/, '');
    this.#last = undefined;
    this.#isAtSpace = true;
  }
}

function visit(parent: Parent, line: Line): void {
  for (const child of [...parent.childNodes]) {
    if (defaultTreeAdapter.isTextNode(child)) line.add(child);
    else if (defaultTreeAdapter.isElementNode(child)) visitElement(child, line);
  }
  for (const child of [...parent.childNodes]) {
    if (isEmptyText(child)) defaultTreeAdapter.detachNode(child);
  }
}

function visitElement(element: DefaultTreeAdapterTypes.Element, line: Line): void {
  const { tagName } = element;
  const isInline = inline.has(tagName);
  if (!isInline) line.end();
  if (verbatim.has(tagName)) {
    line.end();
    return;
  }
  // What is drawn or entered takes its place in a line, and what is in it is none of the line's.
  const isOpaque = isInline && (tagName === 'svg' || element.childNodes.length === 0);
  visit(element, isOpaque ? new Line() : line);
  if (isOpaque) line.hold();
  if (!isInline) line.end();
}

function isEmptyText(node: Node): boolean {
  return defaultTreeAdapter.isTextNode(node) && node.value === '';
}
