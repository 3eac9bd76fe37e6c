/** The logo: the smallest transit map there is, two bends and three stations. */

const shapes = (line: string, paper: string): string =>
  `<g fill='none' stroke='${line}' stroke-width='4' stroke-linejoin='round' stroke-linecap='round'><path d='M4 23h5L19 9h5'/><path stroke-width='8.4' d='${stations}'/><path stroke='${paper}' d='${stations}'/></g>`;

/** A line of no length, with round ends, is a dot. */
const stations = 'M4 23h0m10-7h0m10-7h0';

/** Inside a page it takes the page's colours. */
export const logoSvg = `<svg class='logo' viewBox='0 0 28 32' aria-hidden='true'>${shapes('var(--line)', 'var(--paper)')}</svg>`;

/** As an icon it brings its own. In the address itself: no request. */
export const faviconUrl = `data:image/svg+xml,${`<svg xmlns='http://www.w3.org/2000/svg' viewBox='-2 0 32 32'>${shapes('#2b6be4', '#fff')}</svg>`.replaceAll('#', '%23')}`;
