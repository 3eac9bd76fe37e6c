/** Marks in the table of contents where the reader is. */
export function markSections(): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.contents a')];
  const headings = links.flatMap(({ hash }) => document.getElementById(hash.slice(1)) ?? []);
  const mark = () => {
    const current = currentHeading(headings);
    for (const link of links) {
      if (current && link.hash === `#${current.id}`) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  addEventListener('scroll', mark, { passive: true });
  addEventListener('hashchange', mark);
  mark();
}

/** A section begins to be read when its heading is this near to the top of the window. */
const topPx = 160;

/** At the end of the page it is the section that was asked for, or the last: none can come higher. */
function currentHeading(headings: readonly Element[]): Element | undefined {
  const { scrollHeight, clientHeight } = document.documentElement;
  const isAtEnd = scrollY > 0 && scrollY + clientHeight >= scrollHeight - 1;
  if (!isAtEnd) {
    return headings.findLast((heading) => heading.getBoundingClientRect().top < topPx);
  }
  const asked = headings.find((heading) => heading.matches(':target'));
  const isInView = asked !== undefined && asked.getBoundingClientRect().top >= 0;
  return isInView ? asked : headings.at(-1);
}
