/** The work for the cluster: once it answers, and while we hold the Lease. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { UpstreamClient } from '../../kit/api/upstream-client.ts';
import { untilLeading, type Leadership } from '../../kit/api/leader-election.ts';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { endWithin } from '../../kit/end-within.ts';
import type { Stage } from '../admin/view.ts';
import type { Configuration } from '../config/configuration.ts';
import {
  startServiceController,
  type RunningController,
} from '../controller/service-controller.ts';
import type { Provider, TellEvent } from '../provider.ts';
import { untilAllowed, userAgent } from './connect.ts';
import { createLeftAlone } from './left-alone.ts';
import type { Say } from './say.ts';

export interface ServingClusterOptions {
  readonly configuration: Configuration;
  readonly client: UpstreamClient;
  readonly provider: Provider;
  readonly tell: TellEvent;
  readonly say: Say;
}

export interface ServingCluster {
  readonly stage: Stage;
  /** Null before it leads. */
  readonly controller: RunningController | null;
  /** Rejects with the reason why it cannot go on. */
  readonly ended: Promise<never>;
  /** Writes nothing more; it still leads. */
  stop(): Promise<void>;
  /** Lets another begin. */
  release(): Promise<void>;
}

const releaseMs = 3000;

/** Begins at once, and waits for all that it takes in the background. */
export function serveCluster(options: ServingClusterOptions): ServingCluster {
  const { configuration, client, provider, tell, say } = options;
  const { election } = configuration;
  const stopping = new AbortController();
  const { signal } = stopping;
  const ended = Promise.withResolvers<never>();
  // Who does not look at it has ended us.
  ended.promise.catch(() => undefined);
  let stage: Stage = 'connecting';
  let controller: RunningController | null = null;
  let leadership: Leadership | null = null;

  const lead = async () => {
    if (election === null) return;
    stage = 'standing-by';
    // As client-go's: the host may have had another before, which is not to be taken for us.
    const identity = `${hostname()}_${randomUUID()}`;
    const { namespace, name } = election.lease;
    say('I', `Waiting for the Lease ${namespace}/${name} as ${identity}`);
    // It goes on being renewed while all else ends: nobody is to begin before that.
    leadership = await untilLeading({
      ...{ client, identity, ...election },
      signal: unlessLeading.signal,
      log: (line) => say('I', line),
    });
    leadership.lost.addEventListener('abort', () =>
      ended.reject(new ConfigurationError('lost-lease', 'leader election lost')),
    );
  };
  const unlessLeading = new AbortController();
  signal.addEventListener('abort', () => {
    if (leadership === null) unlessLeading.abort(signal.reason);
  });

  const work = async () => {
    await untilAllowed(client, configuration, { say, signal });
    await lead();
    signal.throwIfAborted();
    stage = 'starting';
    const { concurrentServiceSyncs, loadBalancerClass, syncTimeoutMs, pools } = configuration;
    const warn = (text: string) => say('W', text);
    controller = await startServiceController({
      ...{ client, provider, tell, concurrentServiceSyncs, loadBalancerClass, syncTimeoutMs },
      log: warn,
      // Whoever asks for our class has asked for us.
      ...(loadBalancerClass === null && {
        isLeftAlone: createLeftAlone({ client, pools, manager: userAgent, warn }),
      }),
    });
    void controller.began.then(() => {
      if (stage !== 'starting') return;
      stage = 'serving';
      say('I', `Serving ${servedText(configuration)}`);
    });
  };
  const working = work().catch((error: unknown) => {
    if (!signal.aborted) ended.reject(error instanceof Error ? error : new Error(String(error)));
  });

  return {
    get stage() {
      return stage;
    },
    get controller() {
      return controller;
    },
    ended: ended.promise,
    stop: async () => {
      stage = 'stopping';
      stopping.abort(new Error('the cloud is ending'));
      await working;
      await controller?.[Symbol.asyncDispose]();
    },
    release: async () => {
      if (leadership === null || leadership.lost.aborted) return;
      // A cluster that is away need not be told.
      await endWithin(
        releaseMs,
        leadership.release().catch(() => undefined),
        () => undefined,
      );
    },
  };
}

function servedText({ loadBalancerClass, profile, pools }: Configuration): string {
  const which =
    loadBalancerClass === null ? 'without a class' : `of the class ${loadBalancerClass}`;
  const from = pools.map(({ text }) => text).join(', ');
  return `Services of type LoadBalancer ${which} as ${profile.id}, with addresses of ${from}`;
}
