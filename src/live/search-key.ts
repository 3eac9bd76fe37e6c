/** Opens the search by button, `/` or Ctrl+K; what searches is loaded on first use. */
export function offerSearch(): void {
  const dialog = document.querySelector<HTMLDialogElement>('dialog.search');
  if (!dialog) return;
  const open = () => {
    if (dialog.open) return;
    dialog.showModal();
    void import('./search.ts').then(({ startSearch }) => startSearch(dialog));
  };
  document.querySelector('.search-button')?.addEventListener('click', open);
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
