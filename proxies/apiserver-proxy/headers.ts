/** What happens to the headers of requests and answers, as they are compared (specification 2.5, 2.6). */
import { crossOriginHeaders, identityHeaders as identity, ours } from './facts/headers.ts';

const keysOf = (facts: readonly { readonly name: string }[]): readonly string[] =>
  facts.map(({ name }) => name.toLowerCase());

const identityKeys = keysOf(identity);

/** Who somebody is, is for the server alone: targets never see it. */
export const identityHeaders = identityKeys.filter((key) => !key.endsWith('*'));
/** All headers that begin so are removed too. */
export const identityPrefixes = identityKeys
  .filter((key) => key.endsWith('*'))
  .map((key) => key.slice(0, -1));

/** Of answers. */
export const removedAnswerHeaders = keysOf(crossOriginHeaders);

/** Our own, for the proxy alone. */
export const applicationAuthorizationHeader = ours.authorization.name;
export const rewriteHeader = ours.rewrite.name;
