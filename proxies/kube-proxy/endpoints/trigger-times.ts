/** Since when the changes to be taken have been waiting. */
import { triggerTimeAnnotation, type EndpointSlice } from './api-objects.ts';

export interface TriggerTimes {
  /** By the Service's key. */
  add(serviceKey: string, slice: EndpointSlice): void;
  /** When a slice went is not written anywhere: what is known is about changes before. */
  forget(serviceKey: string): void;
  /** In ms since 1970, the oldest first; they are not told again. */
  take(): readonly number[];
}

export function createTriggerTimes(): TriggerTimes {
  // What changed before this proxy was there says nothing of how long it takes.
  const startedAt = Date.now();
  const times = new Map<string, number[]>();
  return {
    add: (serviceKey, slice) => {
      const time = triggerTimeOf(slice);
      if (time > startedAt) times.set(serviceKey, [...(times.get(serviceKey) ?? []), time]);
    },
    forget: (serviceKey) => void times.delete(serviceKey),
    take: () => {
      const taken = [...times.values()].flat().sort((a, b) => a - b);
      times.clear();
      return taken;
    },
  };
}

/** NaN where the annotation is missing, or no time. */
function triggerTimeOf({ metadata: { annotations } }: EndpointSlice): number {
  return Date.parse(annotations?.[triggerTimeAnnotation] ?? '');
}
