import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHtmlRewriter } from './html.ts';
import { createRewriter } from './rewriter.ts';
import { linkAttributes } from './link-attributes.ts';

const { url } = createRewriter({ sourceHost: 's', requestHost: 'h', prefix: '/p' });

describe('the rewriter of pages', () => {
  it('rewrites the attributes of upstream’s table, and no others', () => {
    for (const [element, attributes] of Object.entries(linkAttributes)) {
      for (const attribute of attributes)
        expect(rewrite(`<${element} ${attribute}=/x>`)).toBe(`<${element} ${attribute}="/p/x">`);
      expect(rewrite(`<${element} data-href=/x>`)).toBe(`<${element} data-href="/x">`);
    }
    expect(rewrite('<track src="/x"><td background="/x"><constructor href="/x">')).toBe(
      '<track src="/x"><td background="/x"><constructor href="/x">',
    );
  });

  it.each([
    ['names, in lower case', '<A HREF="/x" ID=Y>z</A >', '<a href="/p/x" id="Y">z</A >'],
    ['attributes without a value', '<input disabled src>', '<input disabled="" src="">'],
    ['the first of two', '<a href=/x HREF=/y>', '<a href="/p/x">'],
    ['the order', "<img z='1' src='/x' a=2>", '<img z="1" src="/p/x" a="2">'],
    [
      'entities, those Go writes',
      '<a title="&quot;\'<>&eacute;&amp;lt;">',
      '<a title="&#34;&#39;&lt;&gt;é&amp;lt;">',
    ],
    [
      'ambiguous ampersands',
      '<a href="/x?a=1&copy=2&lt;&notin">',
      '<a href="/p/x?a=1&amp;copy=2&lt;&amp;notin">',
    ],
    [
      'carriage returns',
      '<a title="a\r\nb&#13;c"\r\nhref=/x>',
      '<a title="a\nb&#13;c" href="/p/x">',
    ],
    ['NUL', '<a title="\0">', '<a title="\ufffd">'],
    ['self-closing tags', '<img src=/x /><br/><br / >', '<img src="/p/x"/><br/><br>'],
    ['a slash in a value', '<a href=/x/><a b/>', '<a href="/p/x/"><a b=""/>'],
    ['an equals sign that begins a name', '<a ="x" href=/y>', '<a ="x"="" href="/p/y">'],
    ['odd names', `<a "b c<d='e' href=/x>`, '<a "b="" c<d="e" href="/p/x">'],
    ['text that looks like a tag', '1 < 2 <3> a<b>', '1 < 2 <3> a<b>'],
  ])('writes %s', (_, page, expected) => {
    expect(rewrite(page)).toBe(expected);
  });

  it.each([
    "<!DOCTYPE html  SYSTEM 'x'>",
    '<!-- <a href="/x"> -- > --!>',
    '<!--><!--->',
    '<!-- never ended <a href="/x">',
    '<?xml version="1.0"?><![CDATA[ <x ]]>',
    '</A\n><//></><x',
    '&lt; &nbsp; &amp &bogus; &#0; & é \0 \r\n \r',
    'text, and then an unfinished <a href="/x',
    'end tags </>without</> a name',
    'ends in <',
    'ends in </',
    'ends in &am',
    '',
  ])('passes %j as it is', (page) => {
    expect(rewrite(page)).toBe(page);
  });

  it.each([
    'iframe',
    'noembed',
    'noframes',
    'noscript',
    'script',
    'style',
    'textarea',
    'title',
    'xmp',
  ])('takes what is in <%s> for text, also after a self-closing tag', (name) => {
    const inside = `<a href="/x"> </a> </${name}x> <!-- `;
    expect(rewrite(`<${name.toUpperCase()}/>${inside}</${name} ><a href=/x>`)).toBe(
      `<${name}/>${inside}</${name} ><a href="/p/x">`,
    );
  });

  it('takes everything after <plaintext> for text', () => {
    expect(rewrite('<PLAINTEXT></plaintext><a href=/x>')).toBe(
      '<plaintext></plaintext><a href=/x>',
    );
  });

  it('keeps a script that hides its end tag', () => {
    const page = '<script><!-- <script> </script> <a href=/x> --></script>';
    expect(rewrite(page)).toBe(page);
  });

  it('keeps bytes that are no UTF-8, in tags too', () => {
    const page = Buffer.from('\xe9<a title="\xe9&eacute;" href="/\xe9">\xff</a>', 'latin1');
    const expected = Buffer.from('\xe9<a title="\xe9\xe9" href="/p/%E9">\xff</a>', 'latin1');
    expect(rewriteBytes([page])).toEqual(expected);
  });

  it('reads UTF-8 in tags', () => {
    expect(rewrite('<a href="/é" title="日本&eacute;😀">')).toBe(
      '<a href="/p/%C3%A9" title="日本é😀">',
    );
  });

  it('gives out what it knows at once', () => {
    const rewriter = createHtmlRewriter(url);
    const push = (text: string) => rewriter.push(Buffer.from(text)).toString();
    expect(push('text <a href')).toBe('text ');
    expect(push('="/x">link</a> more')).toBe('<a href="/p/x">link</a> more');
    expect(push('<script>let a = 1 <')).toBe('<script>let a = 1 ');
    expect(push(' 2;')).toBe('< 2;');
    expect(push('</script>')).toBe('</script>');
    expect(rewriter.end().toString()).toBe('');
  });

  it('gives the same whatever the chunks', () => {
    const piece = fc.constantFrom(
      '<a href="/x?a=1&amp;b">',
      "<A HREF='/é'>",
      '<img/src=/y/>',
      '</a>',
      '<',
      '</',
      '<!--',
      '-->',
      '>',
      '--!>',
      '<script>',
      '</script>',
      '<title>',
      '</title>',
      '<!DOCTYPE html>',
      '<![CDATA[',
      '&amp;',
      '&',
      '"',
      "'",
      '\r',
      '\n',
      '\r\n',
      '\0',
      'é',
      '日',
      '😀',
      ' ',
      'text',
      '<textarea/>',
      '</textarea',
      '<svg',
      '=',
      '/',
      '<?',
      '<plaintext>',
    );
    const page = fc.oneof(
      fc.array(piece, { maxLength: 24 }).map((pieces) => Buffer.from(pieces.join(''))),
      fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(page, fc.array(fc.nat(40), { maxLength: 20 }), (bytes, cuts) => {
        const chunks: Buffer[] = [];
        let at = 0;
        for (const size of cuts) chunks.push(bytes.subarray(at, (at += size)));
        chunks.push(bytes.subarray(at));
        expect(rewriteBytes(chunks)).toEqual(rewriteBytes([bytes]));
        expect(rewriteBytes(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(
          rewriteBytes([bytes]),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing in a page without tags', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const page = Buffer.from(bytes.map((byte) => (byte === 0x3c ? 0x26 : byte)));
        expect(rewriteBytes([page])).toEqual(page);
      }),
    );
  });

  it('writes again what it wrote as it wrote it, but for links', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (title) => {
        const once = rewrite(`<b title="${title.replaceAll('"', '')}">`);
        expect(rewrite(once)).toBe(once);
      }),
    );
  });

  it('holds one tag at most, and gives a tag without end up', () => {
    const rewriter = createHtmlRewriter(url);
    rewriter.push(Buffer.from('<a '));
    const chunk = Buffer.alloc(64 * 1024, 'b');
    let given = 0;
    for (let count = 0; count < 65; count += 1) given += rewriter.push(chunk).length;
    expect(given).toBeGreaterThan(1024 * 1024);
    expect(rewriter.push(Buffer.from('><a href=/x>')).toString()).toBe('><a href=/x>');
  });
});

function rewrite(page: string): string {
  return rewriteBytes([Buffer.from(page)]).toString();
}

function rewriteBytes(chunks: readonly Buffer[]): Buffer {
  const rewriter = createHtmlRewriter(url);
  const done = chunks.map((chunk) => rewriter.push(chunk));
  return Buffer.concat([...done, rewriter.end()]);
}
