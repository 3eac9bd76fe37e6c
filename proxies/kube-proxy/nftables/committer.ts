/** Sends batches to the kernel: the next grows while the last is on its way. */
import { NftError, type NftConnection } from '../../kit/nftables/nft-connection.ts';
import type { NftWriter } from '../../kit/nftables/write.ts';
import { Batch } from './batch.ts';

/** In a user namespace the kernel refuses transactions of more than about 208 KB. */
export const largestBatchBytes = 160_000;

export class Committer {
  readonly #connection: NftConnection;
  readonly #writer: NftWriter;
  #batch: Batch;
  #running: Promise<unknown> = Promise.resolve();
  #operations = 0;
  /** Batches that are to be sent as one. */
  #held: Batch[] | null = null;

  constructor(connection: NftConnection, writer: NftWriter) {
    this.#connection = connection;
    this.#writer = writer;
    this.#batch = new Batch(writer);
  }

  /** What is written next. */
  get batch(): Batch {
    return this.#batch;
  }

  /** What was sent. */
  get operations(): number {
    return this.#operations;
  }

  /** From now on all goes together, in one transaction, if the kernel takes one of that size. */
  hold(): void {
    this.#held = [];
  }

  /** Sends the batch if more would be too much; ask between ports, whose commands stay together. */
  commitIfLarge(): Promise<void> | undefined {
    return this.#batch.sizeBytes < largestBatchBytes ? undefined : this.#send();
  }

  /** Sends what there is, and waits until all of it is there. */
  async commit(): Promise<void> {
    if (!this.#batch.isEmpty) await this.#send();
    const held = this.#held;
    this.#held = null;
    if (held !== null) await this.#sendTogether(held);
    await this.#running;
  }

  async #send(): Promise<void> {
    const batch = this.#batch;
    this.#batch = new Batch(this.#writer);
    this.#operations += batch.operations;
    if (this.#held === null) await this.#run(batch.text);
    else this.#held.push(batch);
  }

  async #sendTogether(batches: readonly Batch[]): Promise<void> {
    const texts = batches.map(({ text }) => text);
    try {
      await this.#connection.run(texts.join('\n'));
    } catch (error) {
      if (!(error instanceof NftError) || !/too long/i.test(error.message)) throw error;
      for (const text of texts) await this.#run(text);
    }
  }

  async #run(text: string): Promise<void> {
    await this.#running;
    this.#running = this.#connection.run(text);
    // Whoever waits next hears of it.
    this.#running.catch(() => undefined);
  }
}
