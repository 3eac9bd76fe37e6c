/** Times of the past, so that a cluster that has just started looks lived in. */
import { timestamp } from '../apiserver/metadata.ts';

export interface Clock {
  /** The timestamp of so many minutes ago. */
  minutesAgo(minutes: number): string;
}

export function createClock(now = new Date()): Clock {
  return { minutesAgo: (minutes) => timestamp(new Date(now.getTime() - minutes * 60_000)) };
}

export const hour = 60;
export const day = 24 * hour;
