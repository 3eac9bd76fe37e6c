/**
 * A request from its arrival to its end, whatever serves it: an answer or an upgraded connection. It has
 * an audit id, is admitted or refused, counted and recorded.
 */
import {
  auditIdOf,
  auditLine,
  sourceAddressOf,
  type AuditRecord,
} from '../../proxies/kit/apiserver/audit-trail.ts';
import { refusal, type Attributes } from './authorization.ts';
import type { HttpRequest } from '../../proxies/kit/http/server-exchange.ts';
import type { User } from './exchange.ts';
import type { FrontOptions } from './front.ts';
import { impersonate } from './impersonation.ts';
import { readRequest, type RequestInfo } from '../../proxies/kit/apiserver/request-info.ts';
import { tooManyRequests } from './status.ts';

export interface BegunRequest {
  /** The audit id. */
  readonly id: string;
  readonly info: RequestInfo;
  /** Headers that every answer has. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Says as whom the request is made, which is somebody who may make it.
   *
   * @throws StatusError 401, 403 or 429
   */
  admit(): Promise<User>;
  /** A long answer has begun: a watch, an upgraded connection. Told once. */
  readonly started: (code: number) => void;
  /** The answer is over. Counts once. */
  ended(code: number): void;
}

/** Undefined where the request line cannot be read: 400. */
export function beginRequest(
  request: HttpRequest,
  options: Pick<FrontOptions, 'authenticator' | 'authorizer' | 'inFlight' | 'metrics' | 'audit'>,
): BegunRequest | undefined {
  const info = readInfo(request);
  if (!info) return undefined;
  const { authenticator, authorizer, inFlight, metrics, audit } = options;
  const id = auditIdOf(request);
  const record: AuditRecord = {
    id,
    request,
    info,
    receivedAt: new Date(),
    sourceAddress: audit ? sourceAddressOf(request) : '',
  };
  let place: Disposable | undefined;
  let isStarted = false;
  let isOver = false;

  return {
    id,
    info,
    headers: { 'Audit-Id': id, 'Cache-Control': 'no-cache, private' },

    admit: async () => {
      const sender = await authenticator.authenticate(request);
      record.user = sender;
      // Who has gone meanwhile would never be counted out.
      if (isOver) throw tooManyRequests();
      place = inFlight.enter(info, sender);
      if (!place) throw tooManyRequests();
      const user = impersonate(request, sender, authorizer);
      if (user !== sender) record.impersonated = user;
      const attributes = attributesOf(info);
      const known = authorizer.decide(user, attributes);
      // `kubectl delete --dry-run=server` says so in its body alone: the handler asks again for the rest.
      const decision =
        known.verdict !== 'allow' && isDeletion(info)
          ? authorizer.decide(user, { ...attributes, isDryRun: true })
          : known;
      record.decision = decision;
      if (decision.verdict !== 'allow') throw refusal(user, attributes, decision.reason);
      return user;
    },

    started: (code) => {
      if (isStarted) return;
      isStarted = true;
      audit?.(auditLine(record, 'ResponseStarted', code));
    },

    ended: (code) => {
      if (isOver) return;
      isOver = true;
      place?.[Symbol.dispose]();
      metrics.count(info, code);
      audit?.(auditLine(record, 'ResponseComplete', code));
    },
  };
}

function readInfo(request: HttpRequest): RequestInfo | undefined {
  try {
    return readRequest(request.method ?? 'GET', request.url ?? '/');
  } catch {
    return undefined;
  }
}

function isDeletion({ isResource, verb, subresource }: RequestInfo): boolean {
  return isResource && subresource === '' && (verb === 'delete' || verb === 'deletecollection');
}

/** What an authorizer decides on. */
export function attributesOf(info: RequestInfo): Attributes {
  return {
    ...info,
    isDryRun: info.query.getAll('dryRun').includes('All'),
    fieldSelector: info.query.get('fieldSelector') ?? '',
  };
}
