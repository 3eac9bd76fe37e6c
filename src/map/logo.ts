/** The logo: the smallest transit map there is, two bends and three stations. */

const shapes = (line: string, paper: string): string =>
  `<path d="M4 23h5L19 9h5" fill="none" stroke="${line}" stroke-width="4" stroke-linejoin="round" stroke-linecap="round"/>` +
  [
    [4, 23],
    [14, 16],
    [24, 9],
  ]
    .map(
      ([x, y]) =>
        `<circle cx="${x}" cy="${y}" r="3" fill="${paper}" stroke="${line}" stroke-width="2.4"/>`,
    )
    .join('');

/** Inside a page it takes the page's colours. */
export const logoSvg = `<svg class="logo" viewBox="0 0 28 32" aria-hidden="true">${shapes('var(--line)', 'var(--paper)')}</svg>`;

/** As an icon it brings its own. In the address itself: no request. */
export const faviconUrl = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 0 32 32">${shapes('#2b6be4', '#fff')}</svg>`,
)}`;
