/** The core group, v1. */
import type { Resource } from '../resource.ts';
import { pods } from './pods.ts';

export const coreResources: readonly Resource[] = [pods];
