/** What the kernel must be set to, so that packets of clients reach nodes. */
import { readFile, writeFile } from 'node:fs/promises';
import { ensureForwarding } from '../../kit/nftables/ensure-forwarding.ts';
import type { Family } from '../service.ts';

/**
 * Sets, and says, what is missing; it stays. Nothing of `rp_filter` is needed here: a client's packets come from
 * where its answers would go. (Nodes of a `VIP` need it to be 0 or 2 where clients' packets come in by another
 * interface than answers leave by.)
 */
export class KernelSettings {
  readonly #log: (line: string) => void;
  readonly #done = new Set<string>();

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** @throws Error with the command to run, where this process may not */
  async ensure(families: Iterable<Family>, devices: Iterable<string>): Promise<void> {
    for (const family of families) {
      if (this.#done.has(family)) continue;
      await ensureForwarding([family], 'the nodes', this.#log);
      this.#done.add(family);
    }
    for (const device of devices) {
      if (this.#done.has(`device ${device}`)) continue;
      this.#done.add(`device ${device}`);
      for (const name of ['all', device]) await this.#sendNoRedirects(name);
    }
  }

  /** A client on the nodes' network would be told to ask the node itself, which knows it by another way. */
  async #sendNoRedirects(device: string): Promise<void> {
    const path = `/proc/sys/net/ipv4/conf/${device}/send_redirects`;
    const name = `net.ipv4.conf.${device}.send_redirects`;
    const value = await readFile(path, 'utf8').catch(() => '0');
    if (value.trim() === '0') return;
    try {
      await writeFile(path, '0');
      this.#log(`${name} was on: it is off now, so that clients keep to the load balancer`);
    } catch {
      this.#log(`${name} is on, and may not be set here: run sysctl --write ${name}=0`);
    }
  }
}
