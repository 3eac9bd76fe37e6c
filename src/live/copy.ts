/** A copy button in each block of code. */
import { words } from './words.ts';

export function addCopyButtons(): void {
  for (const block of document.querySelectorAll('pre')) {
    const text = block.textContent.trim();
    const button = document.createElement('button');
    button.className = 'copy';
    button.textContent = words.copy;
    button.addEventListener('click', () => {
      void navigator.clipboard.writeText(text).then(() => {
        button.textContent = words.copied;
        setTimeout(() => (button.textContent = words.copy), 2000);
      });
    });
    block.append(button);
  }
}
