/** Messages mark code with backticks, as Markdown does; nothing else is markup in a message. */

/** @example inlineCode('the `Host` header') // 'the <code>Host</code> header' */
export function inlineCode(message: string): string {
  return escapeHtml(message).replace(/`([^`]+)`/g, (_, text: string) =>
    text.length > longestUnbroken ? `<code class="long">${text}</code>` : `<code>${text}</code>`,
  );
}

/** Code stays on one line, so that `--flag` does not break behind its dashes; longer code may break. */
const longestUnbroken = 28;

/** Makes text safe inside an element and inside a double-quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
