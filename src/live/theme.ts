/**
 * The choice of colours outlives the page. `public/theme.js` applies it before the first paint, so that
 * the colours do not flash; where storage is forbidden, the system's choice stands.
 */
export function rememberTheme(): void {
  const chosen = document.documentElement.dataset.theme ?? 'auto';
  for (const radio of document.querySelectorAll<HTMLInputElement>('[name=theme]')) {
    radio.checked = radio.value === chosen;
    radio.addEventListener('change', () => {
      document.documentElement.dataset.theme = radio.value;
      localStorage.setItem('theme', radio.value);
    });
  }
}
