/**
 * Rewrites the links of an HTML page as it passes (specification 2.7). Text, comments, end tags and the
 * doctype go out as the bytes that came in; every start tag is written anew, as Go's `html` package does:
 * lower-case names, double quotes, few entities. Chunks may end anywhere; what is held back is at most the
 * tag, comment or character reference that a chunk ended in.
 *
 * The tokenizer reads a view with one character per byte, so that its positions are positions of bytes and
 * pages in any encoding pass.
 */
import { Tokenizer, TokenizerMode, type Token } from 'parse5';
import { writeTag } from './start-tag.ts';

export interface HtmlRewriter {
  /** @returns what is known to be done. */
  push(chunk: Uint8Array): Buffer;
  /** The rest. A tag that never ended passes as it is; upstream would drop it, as browsers do. */
  end(): Buffer;
}

/** What follows these is text until their end tag, whatever it looks like, also after `<script/>`. */
const modes: ReadonlyMap<string, Tokenizer['state']> = new Map([
  ['iframe', TokenizerMode.RAWTEXT],
  ['noembed', TokenizerMode.RAWTEXT],
  ['noframes', TokenizerMode.RAWTEXT],
  ['noscript', TokenizerMode.RAWTEXT],
  ['plaintext', TokenizerMode.PLAINTEXT],
  ['script', TokenizerMode.SCRIPT_DATA],
  ['style', TokenizerMode.RAWTEXT],
  ['textarea', TokenizerMode.RCDATA],
  ['title', TokenizerMode.RCDATA],
  ['xmp', TokenizerMode.RAWTEXT],
]);

/** Here what comes is text up to the next `<`. */
const resting: ReadonlySet<Tokenizer['state']> = new Set(Object.values(TokenizerMode));

/** A tag or comment longer than this is none that a page has: from it on the page passes as it is. */
const maxTagBytes = 1024 * 1024;

/** @param url rewrites the value of a link: a byte string. */
export function createHtmlRewriter(url: (value: string) => string): HtmlRewriter {
  /** What has not gone out, where it begins in the page, and how far the tokenizer knows it. */
  let held: Buffer[] = [];
  let offset = 0;
  let received = 0;
  let known = 0;
  let hasGivenUp = false;
  const done: Buffer[] = [];

  const take = (end: number): Buffer => {
    if (end <= offset) return Buffer.alloc(0);
    const bytes = held.length === 1 && held[0] ? held[0] : Buffer.concat(held);
    const taken = bytes.subarray(0, end - offset);
    held = end < received ? [bytes.subarray(end - offset)] : [];
    offset = end;
    return taken;
  };
  const pass = ({ location }: Token.Token) => {
    known = location?.endOffset ?? known;
  };
  const tokenizer = new Tokenizer(
    { sourceCodeLocationInfo: true },
    {
      onStartTag: (tag) => {
        if (!tag.location) return;
        const { startOffset, endOffset } = tag.location;
        done.push(take(startOffset), writeTag(take(endOffset), tag, url));
        known = endOffset;
        tokenizer.state = modes.get(tag.tagName) ?? tokenizer.state;
      },
      onCharacter: pass,
      onWhitespaceCharacter: pass,
      onNullCharacter: pass,
      onComment: pass,
      onEndTag: pass,
      onDoctype: pass,
      onEof: () => undefined,
    },
  );
  // How much it keeps of what it has read: each write copies it.
  tokenizer.preprocessor.bufferWaterline = 1024;
  const giveOut = (): Buffer => {
    const bytes = Buffer.concat(done);
    done.length = 0;
    return bytes;
  };
  const feed = (bytes: Buffer) => {
    held.push(bytes);
    received += bytes.length;
    tokenizer.write(bytes.toString('latin1'), false);
    // The first lets go of text that was read, the second says how far it reaches.
    tokenizer.flushCurrentCharacterToken();
    tokenizer.flushCharacters();
    hasGivenUp = received - known > maxTagBytes;
    done.push(take(hasGivenUp ? received : known));
  };
  const isAtRest = () => !hasGivenUp && received === known && resting.has(tokenizer.state);
  return {
    push: (chunk) => {
      let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      while (rest.length > 0 && isAtRest()) {
        // Text up to a tag needs no tokenizer.
        const begin = lengthOr(rest.indexOf('<'), rest);
        done.push(rest.subarray(0, begin));
        rest = rest.subarray(begin);
        const end = lengthOr(rest.indexOf('>') + 1 || -1, rest);
        if (end > 0) feed(rest.subarray(0, end));
        rest = rest.subarray(end);
      }
      if (hasGivenUp) done.push(rest);
      else if (rest.length > 0) feed(rest);
      return giveOut();
    },
    end: () => {
      tokenizer.write('', true);
      done.push(take(received));
      return giveOut();
    },
  };
}

function lengthOr(index: number, all: Buffer): number {
  return index < 0 ? all.length : index;
}
