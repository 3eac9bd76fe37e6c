/** The language picker keeps the anchor, and closes like a menu. */
export function keepAnchor(): void {
  const picker = document.querySelector<HTMLDetailsElement>('.languages');
  if (!picker) return;
  picker.addEventListener('toggle', () => {
    for (const link of picker.querySelectorAll('a')) link.hash = location.hash;
  });
  const close = (event: Event) => {
    const isOutside = event.target instanceof Node && !picker.contains(event.target);
    if (picker.open && (isOutside || (event instanceof KeyboardEvent && event.key === 'Escape'))) {
      picker.open = false;
      if (!isOutside) picker.querySelector('summary')?.focus();
    }
  };
  document.addEventListener('click', close);
  picker.addEventListener('keydown', close);
}
