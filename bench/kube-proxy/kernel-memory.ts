/** What the kernel holds for rulesets: the whole machine's, so only differences mean anything. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../kubectl-proxy/table.ts';

const parts = ['Slab', 'VmallocUsed', 'Percpu'];
const samples = 7;

/** In bytes, once what was freed has been given back. */
export async function kernelBytes(): Promise<number> {
  await delay(200);
  const seen: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const text = readFileSync('/proc/meminfo', 'utf8');
    seen.push(parts.reduce((sum, part) => sum + kilobytes(text, part), 0));
    await delay(20);
  }
  return 1024 * median(seen);
}

function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
}
