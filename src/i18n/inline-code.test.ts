import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, inlineCode } from './inline-code.ts';

describe('a message as HTML', () => {
  it('marks what stands between backticks as code', () => {
    expect(inlineCode('`--context` picks another.')).toBe('<code>--context</code> picks another.');
  });

  it('lets long code break', () => {
    expect(inlineCode(`\`${'/a'.repeat(20)}\``)).toContain('<code class="long">');
  });

  it('never lets a value become markup', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const html = inlineCode(text).replaceAll(/<code(?: class="long")?>|<\/code>/g, '');
        expect(html).not.toMatch(/[<>"]/);
        expect(escapeHtml(text)).not.toMatch(/[<>"]/);
      }),
    );
  });
});
