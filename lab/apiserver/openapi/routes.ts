/** `/openapi/v2`, `/openapi/v3` and what is below it. */
import { headerOf } from '../../../proxies/kit/http/server-exchange.ts';
import type { Exchange } from '../exchange.ts';
import type { Reply } from '../handlers/call.ts';
import { respondWithBytes } from '../../../proxies/kit/apiserver/respond.ts';
import { notAcceptable } from '../status.ts';
import { documentsV3, documentV2, openapiIndex, type OpenapiDocument } from './documents.ts';

/** The answer to an OpenAPI path; undefined where it is none. */
export function openapiRoute(exchange: Exchange): (() => Promise<Reply>) | undefined {
  const { path, query } = exchange.info;
  if (path === '/openapi/v2') return () => answerVersion2(exchange);
  if (path === '/openapi/v3') return async () => ({ status: 200, body: openapiIndex() });
  if (!path.startsWith('/openapi/v3/')) return undefined;
  const document = documentsV3().get(path.slice('/openapi/v3/'.length));
  if (!document) return undefined;
  // The hash in the address makes the answer good for ever.
  const isCurrent = query.get('hash') === document.hash;
  const headers = isCurrent ? { 'Cache-Control': 'public, immutable' } : {};
  return () => respond(exchange, document, 'application/json', headers);
}

const protobufName = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** What each media type is answered with; kubectl asks with an `@`, and is answered with a dot. */
const version2Types: readonly (readonly [RegExp, string, () => OpenapiDocument])[] = [
  [/^(application\/json|application\/\*|\*\/\*)$/, 'application/json', documentV2.json],
  [
    /^application\/com\.github\.proto-openapi\.spec\.v2[.@]v1\.0\+protobuf$/,
    protobufName,
    documentV2.protobuf,
  ],
];

async function answerVersion2(exchange: Exchange): Promise<Reply> {
  const accept = headerOf(exchange.request, 'accept') || '*/*';
  const ranges = accept.split(',').map((range) => (range.split(';')[0] ?? '').trim());
  for (const range of ranges) {
    const found = version2Types.find(([pattern]) => pattern.test(range));
    if (found) return respond(exchange, found[2](), found[1], {});
  }
  throw notAcceptable(['application/json', protobufName]);
}

async function respond(
  { request, response }: Exchange,
  { bytes, hash }: OpenapiDocument,
  contentType: string,
  headers: Readonly<Record<string, string>>,
): Promise<null> {
  const etag = `"${hash}"`;
  const isKnown = headerOf(request, 'if-none-match')
    .split(',')
    .some((tag) => tag.trim().replace(/^W\//, '') === etag);
  await respondWithBytes({ request, response }, isKnown ? 304 : 200, isKnown ? nothing : bytes, {
    ...(isKnown ? {} : { 'Content-Type': contentType }),
    Etag: etag,
    Vary: 'Accept',
    ...headers,
  });
  return null;
}

const nothing = Buffer.alloc(0);
