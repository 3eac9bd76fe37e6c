/** What the apiserver proxy does to headers. What is not named here passes as it is. */
import type { z } from 'zod';
import type { headerSchema } from '../../descriptor.ts';

type Fact = z.input<typeof headerSchema>;

/** Who somebody is, or wants to be: for the apiserver alone. */
export const identityHeaders = [
  { id: 'client-credentials', name: 'Authorization', on: 'request', action: 'removed' },
  { id: 'impersonated-user', name: 'Impersonate-User', on: 'request', action: 'removed' },
  { id: 'impersonated-group', name: 'Impersonate-Group', on: 'request', action: 'removed' },
  { id: 'impersonated-uid', name: 'Impersonate-Uid', on: 'request', action: 'removed' },
  { id: 'impersonated-extra', name: 'Impersonate-Extra-*', on: 'request', action: 'removed' },
  { id: 'remote-user', name: 'X-Remote-User', on: 'request', action: 'removed' },
  { id: 'remote-uid', name: 'X-Remote-Uid', on: 'request', action: 'removed' },
  { id: 'remote-group', name: 'X-Remote-Group', on: 'request', action: 'removed' },
  { id: 'remote-extra', name: 'X-Remote-Extra-*', on: 'request', action: 'removed' },
] as const satisfies readonly Fact[];

/** Of one connection only (RFC 9110, section 7.6.1). */
const hopByHop = [
  { id: 'connection', name: 'Connection', on: 'request', action: 'removed' },
  { id: 'keep-alive', name: 'Keep-Alive', on: 'request', action: 'removed' },
  { id: 'proxy-connection', name: 'Proxy-Connection', on: 'request', action: 'removed' },
  { id: 'proxy-authenticate', name: 'Proxy-Authenticate', on: 'request', action: 'removed' },
  { id: 'proxy-authorization', name: 'Proxy-Authorization', on: 'request', action: 'removed' },
  { id: 'te', name: 'Te', on: 'request', action: 'removed' },
  { id: 'trailer', name: 'Trailer', on: 'request', action: 'removed' },
  { id: 'target-framing', name: 'Transfer-Encoding', on: 'request', action: 'removed' },
  { id: 'upgrade', name: 'Upgrade', on: 'request', action: 'removed' },
] as const satisfies readonly Fact[];

/** What the target is told. */
const told = [
  { id: 'client-host', name: 'Host', on: 'request', action: 'kept' },
  { id: 'cookie', name: 'Cookie', on: 'request', action: 'kept' },
  { id: 'client-address', name: 'X-Forwarded-For', on: 'request', action: 'added' },
  { id: 'proxied-uri', name: 'X-Forwarded-Uri', on: 'request', action: 'replaced' },
  { id: 'accept-encoding', name: 'Accept-Encoding', on: 'request', action: 'added' },
  {
    id: 'websocket-token',
    name: 'Sec-WebSocket-Protocol',
    on: 'request',
    action: 'replaced',
  },
] as const satisfies readonly Fact[];

/** Ours alone: nothing of the kind is upstream. */
export const ours = {
  authorization: {
    id: 'application-authorization',
    name: 'X-Hop-Authorization',
    on: 'request',
    action: 'replaced',
  },
  rewrite: { id: 'rewrite-choice', name: 'X-Hop-Rewrite', on: 'request', action: 'removed' },
} as const satisfies Readonly<Record<string, Fact>>;

/** Pages of other origins read what the server's own policy lets them read. */
export const crossOriginHeaders = [
  { id: 'cors-origin', name: 'Access-Control-Allow-Origin', on: 'response', action: 'removed' },
  { id: 'cors-methods', name: 'Access-Control-Allow-Methods', on: 'response', action: 'removed' },
  { id: 'cors-headers', name: 'Access-Control-Allow-Headers', on: 'response', action: 'removed' },
  {
    id: 'cors-credentials',
    name: 'Access-Control-Allow-Credentials',
    on: 'response',
    action: 'removed',
  },
] as const satisfies readonly Fact[];

const ofAnswers = [
  { id: 'location', name: 'Location', on: 'response', action: 'replaced' },
  { id: 'content-encoding', name: 'Content-Encoding', on: 'response', action: 'removed' },
  { id: 'rewritten-length', name: 'Content-Length', on: 'response', action: 'removed' },
  { id: 'set-cookie', name: 'Set-Cookie', on: 'response', action: 'kept' },
  { id: 'audit-id', name: 'Audit-Id', on: 'response', action: 'replaced' },
  { id: 'not-cached', name: 'Cache-Control', on: 'response', action: 'added' },
] as const satisfies readonly Fact[];

export const headers = [
  ...identityHeaders,
  ...hopByHop,
  ...told,
  ...Object.values(ours),
  ...crossOriginHeaders,
  ...ofAnswers,
] as const;
