/** The dataplane `nftables`: the kernel sends connections on their way. */
import { isIPv6 } from 'node:net';
import { reservePort, type ReservedPort } from '../../kit/libc/reserve-port.ts';
import { openNftConnection } from '../../kit/nftables/connection.ts';
import type { NftConnection } from '../../kit/nftables/nft-connection.ts';
import type { Dataplane, DataplaneOptions, ForwardingPlan } from '../dataplane.ts';
import { ensureForwarding } from './forwarding.ts';
import { RuleTables } from './rule-tables.ts';

export interface NftablesDataplaneOptions extends DataplaneOptions {
  /** Opened here if absent. */
  readonly connection?: NftConnection;
}

/** @throws Error when a port is taken, or nftables cannot be had; then nothing is changed */
export async function createNftablesDataplane(
  options: NftablesDataplaneOptions,
): Promise<Dataplane> {
  await using owned = new AsyncDisposableStack();
  const ports: ReservedPort[] = [];
  for (const { host, port } of options.listen) {
    ports.push(owned.use(await reservePort(host, port)));
  }
  const connection = options.connection ?? owned.use(await openNftConnection());
  return new NftablesDataplane(options, connection, ports, owned.move());
}

class NftablesDataplane implements Dataplane {
  readonly kind = 'nftables';
  readonly addresses: readonly string[];
  readonly #options: DataplaneOptions;
  readonly #tables: RuleTables;
  readonly #owned: AsyncDisposableStack;

  constructor(
    options: DataplaneOptions,
    connection: NftConnection,
    ports: readonly ReservedPort[],
    owned: AsyncDisposableStack,
  ) {
    this.#options = options;
    this.#owned = owned;
    this.addresses = ports.map(({ host, port }) =>
      isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`,
    );
    this.#tables = new RuleTables(connection, ports, options.balance);
  }

  async apply({ eligible }: ForwardingPlan): Promise<void> {
    await ensureForwarding(eligible, this.#options.log);
    await this.#tables.write(eligible, new Map());
  }

  connections() {
    return Promise.resolve([]);
  }

  counts() {
    return Promise.resolve({
      accepted: null,
      refused: null,
      retried: null,
      reset: 0,
      sentBytes: null,
      receivedBytes: null,
      active: new Map<string, number>(),
    });
  }

  onConnection() {
    return { ready: Promise.resolve(), [Symbol.dispose]: () => undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tables.write([], new Map());
    await this.#owned[Symbol.asyncDispose]();
  }
}
