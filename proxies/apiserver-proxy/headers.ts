/** What happens to the headers of requests and answers, as data (specification 2.5, 2.6). */

/** Who somebody is, is for the server alone: targets never see it. Lower case. */
export const identityHeaders = [
  'authorization',
  'x-remote-user',
  'x-remote-uid',
  'x-remote-group',
  'impersonate-user',
  'impersonate-uid',
  'impersonate-group',
] as const;

/** All headers that begin so are removed too. */
export const identityPrefixes = ['x-remote-extra-', 'impersonate-extra-'] as const;

/** Of answers: pages of other origins read what the server's own policy lets them read. */
export const removedAnswerHeaders = [
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-allow-credentials',
] as const;

/** Our own, for the proxy alone. */
export const applicationAuthorizationHeader = 'X-Hop-Authorization';
export const rewriteHeader = 'X-Hop-Rewrite';
