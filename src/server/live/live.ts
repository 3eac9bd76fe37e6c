/** `/live/*`: guards every request, and hands it to what it asks for. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { locales, sourceLocale } from '../../i18n/locales.ts';
import { preferredLocale } from '../language.ts';
import { setSecurityHeaders } from '../security-headers.ts';
import type { LiveBackend } from './backend.ts';
import { runBalance } from './balance.ts';
import { deleteCloudService, runCloudService } from './cloud-service.ts';
import { runExample } from './examples.ts';
import { sendError, type Exchange } from './exchange.ts';
import { runFailover } from './failover.ts';
import { checkHost, checkOrigin } from './guard.ts';
import { createLimits, type LimitOptions } from './limits.ts';
import { LiveError } from './live-error.ts';
import { actOnMachine, sendMachines, streamMachines, type MachinesOptions } from './machines.ts';
import { translateTo } from './messages.ts';
import { viaMethods, type ViaStation } from './policy.ts';
import { runProof } from './proofs.ts';
import { readBody } from './request-body.ts';
import { followRules } from './rules.ts';
import { sendStatus } from './status.ts';
import { runVia } from './via.ts';
import { createVisitors, type Visitors } from './visitors.ts';

export interface LiveOptions {
  /** Null while it is starting, or after it has failed: answered with 503. */
  readonly backend: () => LiveBackend | null;
  /** Host names to answer to, beside `localhost` and plain addresses. */
  readonly names?: readonly string[];
  readonly limits?: Partial<LimitOptions>;
  /** Whether readers may kill, pause and cut off machines: where all of them sit at this machine. */
  readonly isOperable?: boolean;
}

export interface Live extends AsyncDisposable {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

interface Visit {
  readonly backend: LiveBackend;
  readonly visitors: Visitors | null;
  readonly isOperable: boolean;
  readonly exchange: Exchange;
}

interface Route {
  /** Of the raw target; its group is the argument. */
  readonly pattern: RegExp;
  readonly methods: readonly string[];
  /** Only follows what happens, and stays: it takes no place from those who do something. */
  readonly isFollowing?: true;
  readonly run: (argument: string, visit: Visit) => Promise<void>;
}

/** What may be sent through a proxy is the policy's to say: it tells the reader more. */
const anyMethod = viaMethods['kubectl-proxy'];

const viaStations = ['kubectl-proxy', 'apiserver-proxy'] as const satisfies ViaStation[];

const routes: readonly Route[] = [
  {
    pattern: /^\/live\/status(?:\?.*)?$/,
    methods: ['GET', 'HEAD'],
    run: (_, { backend, visitors, isOperable, exchange }) =>
      sendStatus(backend, visitors, isOperable, exchange),
  },
  {
    pattern: /^\/live\/lab$/,
    methods: ['GET', 'HEAD'],
    run: async (_, visit) => sendMachines(machinesOf(visit), visit.exchange),
  },
  {
    pattern: /^\/live\/lab\/events$/,
    methods: ['GET'],
    isFollowing: true,
    run: (_, visit) => streamMachines(machinesOf(visit), visit.exchange),
  },
  {
    pattern: /^\/live\/lab\/([^/?]+\/[^/?]+)$/,
    methods: ['POST'],
    run: (named, visit) => actOnMachine(machinesOf(visit), named.split('/'), visit.exchange),
  },
  {
    pattern: /^\/live\/proofs\/([^/?]+)$/,
    methods: ['POST'],
    run: (id, { backend, exchange }) => runProof(backend, id, exchange),
  },
  {
    pattern: /^\/live\/examples\/([^/?]+)$/,
    methods: ['POST'],
    run: (id, { backend, exchange }) => runExample(backend, id, exchange),
  },
  {
    pattern: /^\/live\/balance\/([^/?]+)$/,
    methods: ['POST'],
    run: (id, { backend, exchange }) => runBalance(backend, id, exchange),
  },
  {
    pattern: /^\/live\/failover$/,
    methods: ['POST'],
    run: (_, visit) => runFailover(visit.backend, machinesOf(visit), visit.exchange),
  },
  {
    pattern: /^\/live\/cloud-service\/([^/?]+\/[^/?]+)$/,
    methods: ['POST'],
    run: (choice, { backend, visitors, exchange }) =>
      runCloudService(backend, visitors, choice, exchange),
  },
  {
    pattern: /^\/live\/cloud-service$/,
    methods: ['DELETE'],
    run: (_, { visitors, exchange }) => deleteCloudService(visitors, exchange),
  },
  {
    pattern: /^\/live\/rules\/([^/?]+\/[^/?]+\/[^/?]+)$/,
    methods: ['POST'],
    isFollowing: true,
    run: (path, { backend, exchange }) => followRules(backend, path, exchange),
  },
  ...viaStations.map((station): Route => ({
    pattern: new RegExp(`^/live/via/${station}(|[/?].*)$`, 's'),
    methods: anyMethod,
    run: (rest, { backend, visitors, exchange }) => {
      const target = rest.startsWith('/') ? rest : `/${rest}`;
      return runVia({ backend, station, target, visitors }, exchange);
    },
  })),
];

/** @throws LiveError `no-lab` */
function machinesOf({ backend, isOperable }: Visit): MachinesOptions {
  if (!backend.machines) throw new LiveError('no-lab');
  return { lab: backend.machines, isOperable };
}

const defaultLimits: LimitOptions = {
  burst: 120,
  perSecond: 10,
  concurrentPerClient: 12,
  concurrent: 48,
};
/** A page follows with one connection, and comes back when it is cut. */
const followerLimits: LimitOptions = {
  burst: 60,
  perSecond: 2,
  concurrentPerClient: 12,
  concurrent: 256,
};
const maxRequestMs = 120_000;
const visitorIdleMs = 30 * 60_000;
const maxVisitors = 200;
const maxVisitsPerAddress = 5;
const maxWrittenBytes = 4 * 1024 * 1024;
/** Proofs and examples are named by their address: a body has nothing to say. */
const maxIgnoredBodyBytes = 1024;

export function createLive(options: LiveOptions): Live {
  const { backend, names = [], limits: chosen = {}, isOperable = false } = options;
  const limits = createLimits({ ...defaultLimits, ...chosen });
  const followers = createLimits(followerLimits);
  const allowedNames = new Set(names.map((name) => name.toLowerCase()));
  let visitors: Visitors | null = null;

  const visitorsOf = ({ openVisit }: LiveBackend): Visitors | null => {
    if (openVisit) {
      visitors ??= createVisitors({
        open: openVisit,
        idleMs: visitorIdleMs,
        max: maxVisitors,
        maxPerAddress: maxVisitsPerAddress,
        maxWrittenBytes,
      });
    }
    return visitors;
  };

  const answer = async (exchange: Exchange): Promise<void> => {
    const { request } = exchange;
    checkHost(request.headers.host, allowedNames);
    checkOrigin(request.headers);
    const { route, argument } = findRoute(request);
    const running = backend();
    if (!running) throw new LiveError('not-ready', {}, { 'Retry-After': '1' });
    const places = route.isFollowing ? followers : limits;
    await places.run(request.socket.remoteAddress ?? '', async () => {
      if (route.methods !== anyMethod) await readBody(request, maxIgnoredBodyBytes);
      const visitors = visitorsOf(running);
      await route.run(argument, { backend: running, visitors, isOperable, exchange });
    });
  };

  return {
    async handle(request, response) {
      setSecurityHeaders(response);
      using exchange = openExchange(request, response);
      try {
        await answer(exchange);
      } catch (error) {
        sendError(exchange, error);
      }
    },
    async [Symbol.asyncDispose]() {
      await visitors?.[Symbol.asyncDispose]();
    },
  };
}

function openExchange(request: IncomingMessage, response: ServerResponse): Exchange & Disposable {
  const locale = preferredLocale(request.headers['accept-language']) ?? sourceLocale;
  const translate = translateTo(locales[locale]);
  response.setHeader('Content-Language', locales[locale]);
  response.setHeader('Vary', 'Accept-Language');
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once('close', leave);
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(maxRequestMs)]);
  return {
    request,
    response,
    translate,
    signal,
    [Symbol.dispose]: () => response.off('close', leave),
  };
}

/** @throws LiveError `unknown-path`, `method-not-allowed` */
function findRoute(request: IncomingMessage): { route: Route; argument: string } {
  const { url: target = '/', method = 'GET' } = request;
  for (const route of routes) {
    const match = route.pattern.exec(target);
    if (!match) continue;
    if (!route.methods.includes(method)) {
      const allow = route.methods.join(', ');
      throw new LiveError('method-not-allowed', { method, allow }, { Allow: allow });
    }
    return { route, argument: match[1] ?? '' };
  }
  throw new LiveError('unknown-path', { path: target.slice(0, 200) });
}
