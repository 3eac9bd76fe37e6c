/**
 * Which part of which revision a list asks for, and from where a watch starts: `limit`, `continue`,
 * `resourceVersion`, `resourceVersionMatch`, `sendInitialEvents`.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { forbiddenField, notSupported } from '../field-errors.ts';
import { isTrue } from '../../../proxies/kit/apiserver/request-info.ts';
import { badRequest, invalid, StatusError, type Cause } from '../status.ts';

/** What of a list the store is asked for. */
export interface ListPosition {
  /** 0: all. */
  readonly limit: number;
  /** What follows this key, which is relative to the resource's prefix. */
  readonly after?: string;
  /** As it was at this revision. */
  readonly revision?: number;
  /** At any revision from this on; 0: any at all. Neither: as it is now. */
  readonly notOlderThan?: number;
}

/** @throws StatusError 400 or 422 where the options contradict each other. */
export function readListPosition(query: URLSearchParams): ListPosition {
  check(listRules, query);
  const limit = readInteger(query, 'limit');
  const token = query.get('continue') ?? '';
  const version = readVersion(query);
  if (token !== '') {
    if (version !== undefined && version !== 0) {
      throw badRequest('specifying resource version is not allowed when using continue');
    }
    return { limit, ...decodeContinue(token) };
  }
  if (version === undefined) return { limit };
  // Any revision will do: upstream's watch cache answers, which knows no limit.
  if (version === 0) return { limit: 0, notOlderThan: 0 };
  const match = query.get('resourceVersionMatch') ?? '';
  // Without a word about the match, a limit means exactly (as it was before there were words).
  const isExact = match === 'Exact' || (match === '' && limit > 0);
  return isExact ? { limit, revision: version } : { limit, notOlderThan: version };
}

/** From where a watch starts. */
export interface WatchPosition {
  /** Whether what is there comes first, as ADDED events. */
  readonly initial: 'state' | 'none';
  /** Changes after this revision, or a state not older than it; absent: now. */
  readonly version?: number;
  readonly hasBookmarks: boolean;
  /** Whether a bookmark says where the initial events end. */
  readonly marksInitialEnd: boolean;
}

/** @throws StatusError 400 or 422 where the options contradict each other. */
export function readWatchPosition(query: URLSearchParams): WatchPosition {
  check(watchRules, query);
  const version = readVersion(query);
  const wish = query.get('sendInitialEvents');
  const hasBookmarks = isTrue(query.get('allowWatchBookmarks'));
  const isUnset = version === undefined || version === 0;
  const hasState = wish === null ? isUnset : isTrue(wish);
  return {
    initial: hasState ? 'state' : 'none',
    ...(version === undefined || (isUnset && !hasState) ? {} : { version }),
    hasBookmarks,
    marksInitialEnd: wish !== null && hasState && hasBookmarks,
  };
}

interface Rule {
  readonly cause: Cause;
  isBroken(given: Given): boolean;
}

/** The options as text; empty where they are absent. */
interface Given {
  readonly match: string;
  readonly version: string;
  readonly token: string;
  readonly wish: string | null;
}

const exact = 'Exact';
const notOlderThan = 'NotOlderThan';

/** Upstream: `ValidateListOptions`. */
const listRules: readonly Rule[] = [
  {
    isBroken: ({ match, version }) => match !== '' && version === '',
    cause: forbiddenField(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden unless resourceVersion is provided',
    ),
  },
  {
    isBroken: ({ match, token }) => match !== '' && token !== '',
    cause: forbiddenField(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden when continue is provided',
    ),
  },
  {
    isBroken: ({ match, version }) => match === exact && version === '0',
    cause: forbiddenField(
      'resourceVersionMatch',
      'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    ),
  },
  {
    isBroken: ({ wish }) => wish !== null,
    cause: forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'),
  },
];

/** Upstream: `validateWatchOptions`. */
const watchRules: readonly Rule[] = [
  {
    isBroken: ({ wish, match }) => wish !== null && match !== notOlderThan,
    cause: forbiddenField(
      'resourceVersionMatch',
      'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    ),
  },
  {
    isBroken: ({ wish, token }) => wish !== null && token !== '',
    cause: forbiddenField('resourceVersionMatch', 'sendInitialEvents is forbidden with continue'),
  },
  {
    isBroken: ({ wish, match }) => wish === null && match !== '',
    cause: forbiddenField(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ),
  },
];

function check(rules: readonly Rule[], query: URLSearchParams): void {
  const match = query.get('resourceVersionMatch') ?? '';
  const given: Given = {
    match,
    version: query.get('resourceVersion') ?? '',
    token: query.get('continue') ?? '',
    wish: query.get('sendInitialEvents'),
  };
  const supported = rules === listRules ? [exact, notOlderThan, ''] : [notOlderThan];
  const isSupported = match === '' || supported.includes(match);
  const causes = [
    ...rules.filter((rule) => rule.isBroken(given)).map(({ cause }) => cause),
    ...(isSupported ? [] : [notSupported('resourceVersionMatch', match, supported)]),
  ];
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', causes);
}

function readVersion(query: URLSearchParams): number | undefined {
  const version = query.get('resourceVersion') ?? '';
  if (version === '') return undefined;
  if (!/^\d+$/.test(version)) throw badRequest(`invalid resource version "${version}"`);
  return Number(version);
}

export function readInteger(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (text === '') return 0;
  if (!/^-?\d+$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  }
  return Number(text);
}

/** Where the next page begins: a token of upstream's form. */
export function encodeContinue(after: string, revision: number): string {
  const token = { v: 'meta.k8s.io/v1', rv: revision, start: `${after}\0` };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** As revision of a token: whatever is there when it is used. */
const latest = -1;

function decodeContinue(token: string): Pick<ListPosition, 'after' | 'revision'> {
  const { v, rv, start } = parseToken(token);
  if (v !== 'meta.k8s.io/v1') {
    const named = typeof v === 'string' ? v : '';
    throw badContinue(`: server does not recognize this encoded version ${named}`);
  }
  if (typeof rv !== 'number' || rv === 0) {
    throw badContinue(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  }
  if (typeof start !== 'string' || start === '') {
    throw badContinue(': encoded start key empty (version meta.k8s.io/v1)');
  }
  const after = start.replace(/\0$/, '');
  return rv === latest ? { after } : { after, revision: rv };
}

function parseToken(token: string): JsonObject {
  if (!/^[\w-]*$/.test(token)) throw badContinue(': illegal base64 data at input byte 0');
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof parsed === 'object' && parsed && !Array.isArray(parsed)) return parsed as JsonObject;
  } catch {
    // Not our token: said below.
  }
  throw badContinue(': invalid character in token');
}

function badContinue(detail: string): StatusError {
  return badRequest(`continue key is not valid${detail}`);
}

/** The list that a token continues is forgotten: the client may go on with what is there now. */
export class ContinueExpiredError extends StatusError {
  readonly #token: string;

  constructor(after: string) {
    super(
      410,
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    );
    this.#token = encodeContinue(after, latest);
  }

  override toStatus(): JsonObject {
    return { ...super.toStatus(), metadata: { continue: this.#token } };
  }
}
