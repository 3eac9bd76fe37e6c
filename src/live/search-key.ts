/** Opens the search by button, `/` or Ctrl+K; what searches is loaded on first use. */
export function offerSearch(): void {
  const dialog = document.querySelector<HTMLDialogElement>('dialog.search');
  if (!dialog) return;
  const load = () => import('./search.ts');
  const open = () => {
    if (dialog.open) return;
    dialog.showModal();
    void load().then(({ startSearch }) => startSearch(dialog));
  };
  const button = document.querySelector('.search-button');
  button?.addEventListener('click', open);
  // Who points at the button is about to press it.
  button?.addEventListener('pointerenter', () => void load(), { once: true });
  document.addEventListener('keydown', (event) => {
    const isTyping =
      event.target instanceof Element && event.target.matches('input, textarea, select');
    const isSlash = event.key === '/' && !isTyping;
    if (isSlash || (event.key === 'k' && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      open();
    }
  });
}
