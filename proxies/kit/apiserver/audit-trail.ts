/** `--audit-log-path`: one audit.k8s.io/v1 Event, level Metadata, for each stage of a request. */
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../api/json.ts';
import type { Decision } from './attributes.ts';
import { headerOf, type HttpRequest } from '../http/server-exchange.ts';
import { connectionOf, type User } from './user.ts';
import type { RequestInfo } from './request-info.ts';

/** What is known of a request so far. */
export interface AuditRecord {
  readonly id: string;
  readonly request: HttpRequest;
  readonly info: RequestInfo;
  readonly receivedAt: Date;
  /** Where it came from: an HTTP/2 stream forgets it at its end. */
  readonly sourceAddress: string;
  /** Who sent it; absent until it is known. */
  user?: User;
  /** As whom it was made, if somebody was impersonated. */
  impersonated?: User;
  decision?: Decision;
}

const longestId = 64;

/** The client's own `Audit-ID`, if it is one, or a new one. */
export function auditIdOf(request: HttpRequest): string {
  const given = headerOf(request, 'audit-id').slice(0, longestId);
  return given === '' ? randomUUID() : given;
}

/** @param code the answer's status; absent where a long answer has only begun. */
export function auditLine(
  record: AuditRecord,
  stage: 'ResponseStarted' | 'ResponseComplete',
  code: number,
): string {
  const { id, request, info, receivedAt, sourceAddress, user, impersonated, decision } = record;
  const event: JsonObject = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: id,
    stage,
    requestURI: withoutSecrets(request.url ?? ''),
    verb: info.verb,
    user: userText(user),
    ...(impersonated ? { impersonatedUser: userText(impersonated) } : {}),
    sourceIPs: [sourceAddress],
    userAgent: headerOf(request, 'user-agent'),
    ...(info.isResource ? { objectRef: reference(info) } : {}),
    responseStatus: { metadata: {}, code },
    requestReceivedTimestamp: micros(receivedAt),
    stageTimestamp: micros(new Date()),
    ...(decision
      ? {
          annotations: {
            'authorization.k8s.io/decision': decision.verdict === 'allow' ? 'allow' : 'forbid',
            'authorization.k8s.io/reason': decision.reason,
          },
        }
      : {}),
  };
  return JSON.stringify(event);
}

/** A browser's WebSocket may carry its token in the address. */
export function withoutSecrets(target: string): string {
  return target.replace(/([?&](?:access_token|token)=)[^&]*/gi, '$1redacted');
}

function userText(user: User | undefined): JsonObject {
  if (!user) return {};
  const { name, uid, groups, extra } = user;
  return {
    username: name,
    ...(uid === undefined ? {} : { uid }),
    groups,
    ...(extra === undefined ? {} : { extra }),
  };
}

function reference({ resource, namespace, name, group, version, subresource }: RequestInfo) {
  const fields = { resource, namespace, name, apiGroup: group, apiVersion: version, subresource };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

/** Without the notation that IPv6 gives to IPv4. */
export function sourceAddressOf(request: HttpRequest): string {
  return (connectionOf(request)?.remoteAddress ?? '').replace(/^::ffff:/, '');
}

function micros(time: Date): string {
  return time.toISOString().replace('Z', '000Z');
}
