/** Visitors who change things: each has a namespace in the lab, which ends with the visit. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LiveError } from './live-error.ts';

/** What the lab gives to a visitor: a namespace, and a token that may write only there. */
export interface Visit extends AsyncDisposable {
  readonly namespace: string;
  readonly token: string;
}

export interface Visitors extends AsyncDisposable {
  /** The visitor of this request, if there is one; keeps the visit alive. */
  known(request: IncomingMessage): Promise<Visit> | null;
  /** The visitor of this request; a new one is given a cookie and a namespace. */
  welcome(request: IncomingMessage, response: ServerResponse): Promise<Visit>;
  /**
   * Counts what the visitor writes.
   *
   * @throws LiveError `quota-exceeded`
   */
  charge(visit: Visit, sizeBytes: number): void;
}

export interface VisitorOptions {
  /** Opens a namespace; its name will contain this one, and is for all to see. */
  readonly open: (name: string) => Promise<Visit>;
  /** A visit ends this long after its last request. */
  readonly idleMs: number;
  readonly max: number;
  /** One address has at most so many visits; its oldest gives way. */
  readonly maxPerAddress: number;
  /** How much one visit may write in all. */
  readonly maxWrittenBytes: number;
}

interface Stay {
  readonly visit: Promise<Visit>;
  readonly address: string;
  idle: NodeJS.Timeout;
}

const cookieName = 'hop-visitor';

/** Visits live here alone: a restart forgets them, as the lab forgets their namespaces. */
export function createVisitors(options: VisitorOptions): Visitors {
  const { open, idleMs, max, maxPerAddress, maxWrittenBytes } = options;
  const stays = new Map<string, Stay>();
  const written = new WeakMap<Visit, number>();

  const leave = async (id: string): Promise<void> => {
    const stay = stays.get(id);
    if (!stay) return;
    stays.delete(id);
    clearTimeout(stay.idle);
    const visit = await stay.visit.catch(() => null);
    await visit?.[Symbol.asyncDispose]();
  };
  const expiry = (id: string) => setTimeout(() => void leave(id), idleMs).unref();
  const known = (request: IncomingMessage): Promise<Visit> | null => {
    const id = cookie(request);
    const stay = id === null ? undefined : stays.get(id);
    if (id === null || !stay) return null;
    clearTimeout(stay.idle);
    stay.idle = expiry(id);
    return stay.visit;
  };

  return {
    known,
    async welcome(request, response) {
      const returning = known(request);
      if (returning) return returning;
      const address = request.socket.remoteAddress ?? '';
      // In the order of arrival: the first is the oldest.
      const fromThere = [...stays].filter(([, stay]) => stay.address === address);
      const [oldest] = fromThere;
      if (oldest && fromThere.length >= maxPerAddress) await leave(oldest[0]);
      if (stays.size >= max) throw new LiveError('busy', {}, { 'Retry-After': '60' });
      // Never the client's own choice: a cookie set by somebody else must not become a visitor.
      const id = randomBytes(16).toString('hex');
      // The namespace can be listed by everybody: it must not tell the cookie.
      const visit = open(randomBytes(5).toString('hex'));
      stays.set(id, { visit, address, idle: expiry(id) });
      response.setHeader(
        'Set-Cookie',
        `${cookieName}=${id}; Path=/live/; HttpOnly; SameSite=Strict; Max-Age=${Math.ceil(idleMs / 1000)}`,
      );
      visit.catch(() => leave(id));
      return visit;
    },
    charge(visit, sizeBytes) {
      const inAll = (written.get(visit) ?? 0) + sizeBytes;
      if (inAll > maxWrittenBytes)
        throw new LiveError('quota-exceeded', { limitBytes: maxWrittenBytes });
      written.set(visit, inAll);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...stays.keys()].map(leave));
    },
  };
}

function cookie(request: IncomingMessage): string | null {
  const match = new RegExp(`(?:^|;\\s*)${cookieName}=([0-9a-f]{32})(?:;|$)`).exec(
    request.headers.cookie ?? '',
  );
  return match?.[1] ?? null;
}
