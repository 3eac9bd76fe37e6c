/** Marks in the table of contents where the reader is. */
export function markSections(): void {
  const links = new Map(
    [...document.querySelectorAll<HTMLAnchorElement>('.contents a')].map((link) => [
      link.hash.slice(1),
      link,
    ]),
  );
  const observer = new IntersectionObserver(
    (entries) => {
      const link = links.get(entries.find(({ isIntersecting }) => isIntersecting)?.target.id ?? '');
      if (!link) return;
      for (const other of links.values()) other.removeAttribute('aria-current');
      link.setAttribute('aria-current', 'true');
    },
    // A heading counts while it is in the upper third, below the header.
    { rootMargin: '-60px 0px -66% 0px' },
  );
  for (const heading of document.querySelectorAll('h2[id]')) observer.observe(heading);
}
