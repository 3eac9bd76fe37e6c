/** The page of the recorded cases: links in every way in which HTML has them, the odd ones too. */

/** @param host the request's Host, by which some of the links name this server. */
export function recordedPage(host: string): string {
  return template.replaceAll('%(host)s', host);
}

const template = `<!DOCTYPE html>
<html><head><title>t</title><base href="/base/"><link rel="stylesheet" href="/style.css"><script src="/app.js"></script><style>body{background:url(/bg.png)}</style></head>
<body>
<a href="/abs">abs</a>
<a href="rel">rel</a>
<a href="./rel2">rel2</a>
<a href="../up">up</a>
<a href="">empty</a>
<a href="#frag">frag</a>
<a href="?q=1">query</a>
<a href="/abs?x=1&amp;y=2#f">absq</a>
<a href="http://%(host)s/samehost">samehost</a>
<a href="https://%(host)s/samehost-https">samehosthttps</a>
<a href="//%(host)s/schemeless">schemeless</a>
<a href="http://example.com/other">other</a>
<a href="mailto:a@b.c">mail</a>
<a href="javascript:void(0)">js</a>
<a href='/single'>single</a>
<a href=/unquoted>unquoted</a>
<A HREF="/UPPER">upper</A>
<img src="/img.png" srcset="/img2x.png 2x" alt="a & b">
<form action="/submit" method="post"><input formaction="/fa"><button formaction="/fb">b</button></form>
<iframe src="/frame"></iframe><object data="/obj"></object><embed src="/emb">
<video poster="/p.png"><source src="/v.mp4"><track src="/t.vtt"></video><audio src="/a.mp3"></audio>
<blockquote cite="/c">q</blockquote><del cite="/d"></del><ins cite="/i"></ins><q cite="/q"></q>
<area href="/area"><body background="/bgb"><td background="/td"></td>
<input src="/in.png"><applet codebase="/cb"></applet><head profile="/prof"></head><img longdesc="/ld" usemap="/um">
<!-- <a href="/commented">c</a> -->
<script>var u="/inscript"; document.write('<a href="/w">w</a>');</script>
<meta http-equiv="refresh" content="0;url=/meta"><html manifest="/man">
<div data-href="/data" style="background:url('/st.png')">text &lt;x&gt; &nbsp;</div>
</body></html>
`;
