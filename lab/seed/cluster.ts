/** What runs in the cluster of the lab when it starts. */
import type { ApiObject } from '../apiserver/api-object.ts';
import { podObject } from './pod.ts';

export interface SeedObject {
  readonly resource: readonly [group: string, version: string, plural: string];
  readonly object: ApiObject;
}

export function seedObjects(now: Date): readonly SeedObject[] {
  return [0, 1, 2].map((index) => ({
    resource: ['', 'v1', 'pods'] as const,
    object: podObject(now, index),
  }));
}
