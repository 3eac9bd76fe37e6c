/** Marks in the table of contents where the reader is. */
export function markSections(): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.contents a')];
  const headings = links.flatMap(({ hash }) => document.getElementById(hash.slice(1)) ?? []);
  const mark = () => {
    const current = headings.findLast((heading) => heading.getBoundingClientRect().top < topPx);
    for (const link of links) {
      if (current && link.hash === `#${current.id}`) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  // Tells whenever a heading crosses the line, upwards or downwards.
  const observer = new IntersectionObserver(mark, { rootMargin: `-${topPx}px 0px 0px 0px` });
  for (const heading of headings) observer.observe(heading);
}

/** A section begins to be read when its heading is this near to the top of the window. */
const topPx = 160;
