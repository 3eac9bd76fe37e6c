/** The dataplane `nftables`: the kernel sends packets of Services on their way. */
import { isMissing, type NftConnection, NftError } from '../../kit/nftables/nft-connection.ts';
import type { RulesetChange } from '../../kit/netlink/watch-ruleset.ts';
import { nftWriter } from '../../kit/nftables/write.ts';
import { systemClock, type Clock } from '../../kit/clock.ts';
import type {
  Dataplane,
  DataplaneChange,
  DataplaneOptions,
  ForwardedFlow,
  SyncResult,
} from '../dataplane.ts';
import { Committer } from './committer.ts';
import { flowOfPort, type KernelFlow } from './flows.ts';
import { forgetAgain } from './forget-again.ts';
import { forgetClients } from './forget-clients.ts';
import { compareAll } from './full-sync.ts';
import { writeInSteps } from './large-port.ts';
import { nftFamily, tableName } from './layout.ts';
import { NodeElements } from './node-elements.ts';
import { PortMirror } from './port-mirror.ts';
import { SharedChainUses } from './shared-chain-uses.ts';

export interface NftablesDataplaneOptions extends DataplaneOptions {
  readonly connection: NftConnection;
  /** Calls when another process changed the ruleset. */
  readonly watchRuleset?: (onChange: (change: RulesetChange) => void) => Promise<Disposable>;
  /** Tells the flows that the kernel sent on, from now on. */
  readonly watchFlows?: (
    listener: (flow: KernelFlow) => void,
  ) => Disposable & { readonly ready: Promise<void> };
  /** Milliseconds that only grow: `performance.now` if absent. */
  readonly now?: () => number;
  /** The process's if absent. */
  readonly clock?: Pick<Clock, 'after'>;
}

/** The table is made, or repaired, by the first sync; it stays when the dataplane ends. */
export async function createNftablesDataplane(
  options: NftablesDataplaneOptions,
): Promise<Dataplane> {
  const dataplane = new NftablesDataplane(options);
  await dataplane.watch();
  return dataplane;
}

class NftablesDataplane implements Dataplane {
  readonly mode = 'nftables';
  readonly family;
  readonly #options: NftablesDataplaneOptions;
  readonly #writer;
  readonly #chains: SharedChainUses;
  readonly #mirror: PortMirror;
  readonly #nodeElements: NodeElements;
  readonly #forgettingAgain;
  readonly #driftListeners = new Set<(who: string) => void>();
  #watch: Disposable | undefined;
  /** Whether the kernel has what the mirror says. */
  #isTrusted = false;

  constructor(options: NftablesDataplaneOptions) {
    const family = nftFamily(options.family);
    const now = options.now ?? (() => performance.now());
    this.family = options.family;
    this.#options = options;
    this.#writer = nftWriter(family, tableName);
    this.#chains = new SharedChainUses(family, this.#writer, now);
    this.#mirror = new PortMirror(options.nodeIPs, this.#chains);
    this.#nodeElements = new NodeElements(options);
    this.#forgettingAgain = forgetAgain({
      forget: () => this.#forgetRemembered(new Committer(options.connection, this.#writer)),
      clock: options.clock ?? systemClock,
      log: options.log,
    });
  }

  async watch(): Promise<void> {
    const ours = `${nftFamily(this.family)} ${tableName}`;
    this.#watch = await this.#options.watchRuleset?.(({ who, tables }) => {
      if (tables?.has(ours) === false) return;
      this.distrust();
      for (const listener of this.#driftListeners) listener(who);
    });
  }

  async sync(change: DataplaneChange): Promise<SyncResult> {
    const started = performance.now();
    const keys = this.#mirror.take(change.changed, change.removed);
    this.#nodeElements.want(change.serviceCIDRs);
    const kind = this.#isTrusted ? 'partial' : 'full';
    const committer = new Committer(this.#options.connection, this.#writer);
    // Set before: what another process does meanwhile makes the next one full.
    this.#isTrusted = true;
    let cleanupError: string | undefined;
    try {
      if (kind === 'full') {
        await compareAll(this.#options, committer, this.#mirror, this.#chains, this.#nodeElements);
      } else {
        await this.#writeChanged(keys, committer);
      }
      if (this.#mirror.hasForgotten) await this.#forgetClients(committer);
      if (kind === 'full' || committer.operations === 0) {
        cleanupError = await this.#deleteIdleChains(committer);
      }
    } catch (error) {
      this.#isTrusted = false;
      throw error;
    }
    return {
      kind,
      operations: committer.operations,
      tookMs: performance.now() - started,
      ...(cleanupError !== undefined && { cleanupError }),
    };
  }

  distrust(): void {
    this.#isTrusted = false;
  }

  onDrift(listener: (who: string) => void): Disposable {
    this.#driftListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#driftListeners.delete(listener) };
  }

  onFlow(listener: (flow: ForwardedFlow) => void): Disposable & { readonly ready: Promise<void> } {
    const watch = this.#options.watchFlows?.((flow) => {
      const known = flowOfPort(flow, this.family, (frontend) => this.#mirror.ownerOf(frontend));
      if (known !== null) listener(known);
    });
    return watch ?? { ready: Promise.resolve(), [Symbol.dispose]: () => undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch?.[Symbol.dispose]();
    await this.#forgettingAgain[Symbol.asyncDispose]();
    this.#driftListeners.clear();
  }

  async #writeChanged(keys: readonly string[], committer: Committer): Promise<void> {
    this.#nodeElements.write(committer.batch);
    for (const key of keys) {
      if (this.#mirror.isLarge(key)) {
        await writeInSteps(committer, (batch) => this.#mirror.write(key, batch));
      } else this.#mirror.write(key, committer.batch);
      await committer.commitIfLarge();
    }
    await committer.commit();
  }

  /** Clients that were sent to an endpoint that is gone are sent to another. */
  async #forgetClients(committer: Committer): Promise<void> {
    await this.#forgetRemembered(committer);
    this.#mirror.hasForgotten = false;
    this.#forgettingAgain.request();
  }

  #forgetRemembered(committer: Committer): Promise<void> {
    return forgetClients(this.#options, committer, this.#mirror.endpointsById());
  }

  /** @returns why it could not; what packets meet is right all the same */
  async #deleteIdleChains(committer: Committer): Promise<string | undefined> {
    const gone = this.#chains.deleteIdle(committer.batch);
    try {
      await committer.commit();
    } catch (error) {
      if (!(error instanceof NftError)) throw error;
      // Others may have deleted them.
      if (isMissing(error)) this.#isTrusted = false;
      return error.message;
    }
    this.#chains.forget(gone);
    return undefined;
  }
}
