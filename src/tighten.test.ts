import { describe, expect, test } from 'vitest';
import { parse, serialize } from 'parse5';
import { tighten } from './tighten.ts';

const body = (html: string): string => /<body>(.*)<\/body>/s.exec(tighten(html))?.[1] ?? '';

describe('a finished page', () => {
  test.each([
    [
      'loses the space between blocks',
      '<ul> <li> one </li>\n <li>two</li> </ul>',
      '<ul><li>one<li>two</ul>',
    ],
    [
      'keeps one space between words',
      '<p>a\n  <b>b</b> <i> c</i> </p>',
      '<p>a <b>b</b> <i>c</i></p>',
    ],
    ['keeps none where there was none', '<p><b>a</b><i>b</i>.</p>', '<p><b>a</b><i>b</i>.</p>'],
    [
      'has no space at the end of a line, however deep it is',
      '<p><a> <b>x</b> </a> </p><p>y</p>',
      '<p><a><b>x</b></a></p><p>y</p>',
    ],
    [
      'keeps the space behind a field',
      '<label><input> Dark </label>',
      '<label><input> Dark</label>',
    ],
    [
      'keeps the space around a picture',
      '<p>a <svg> <g> </g> </svg> b</p>',
      '<p>a <svg><g></g></svg> b</p>',
    ],
    [
      'leaves code and what is typed as it is',
      '<pre> a\n  b</pre><textarea> c </textarea>',
      '<pre> a\n  b</pre><textarea> c </textarea>',
    ],
    [
      'treats elements of its own as blocks',
      '<hop-run> <details> <summary> s </summary> </details> </hop-run>',
      '<hop-run><details><summary>s</summary></details></hop-run>',
    ],
    [
      'writes quotes plainly',
      '<p>&quot;it&#39;s&quot; &lt;b&gt; &amp;</p>',
      '<p>"it\'s" &lt;b&gt; &amp;</p>',
    ],
    ['keeps a space that does not break', '<p>10&nbsp;ms</p>', '<p>10&nbsp;ms</p>'],
  ])('%s', (_, html, tight) => {
    expect(body(html)).toBe(tight);
  });

  test('is the same page without the end tags that are implied', () => {
    const table =
      '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>';
    const short = body(table);
    expect(short).toBe(table.replaceAll(/<\/(?:t[hdr])>/g, ''));
    expect(serialize(parse(short))).toBe(serialize(parse(table)));
  });

  test('is not tightened twice', () => {
    const once = tighten('<!doctype html><title> t </title><p> a <b> b </b> c </p>');
    expect(tighten(once)).toBe(once);
    expect(once).toMatch(/^<!DOCTYPE html>/);
  });
});
