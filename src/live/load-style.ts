/** Styles of what is drawn only on demand come with it. */

/** Resolves once the styles hold; without them it is drawn all the same. */
export function loadStyle(url: string): Promise<void> {
  return new Promise((resolve) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = url;
    link.addEventListener('load', () => resolve());
    link.addEventListener('error', () => resolve());
    document.head.append(link);
  });
}
