/** The proxies, in reading order: those a user meets first. Pure data, browser-safe. */
import type { Descriptor } from './descriptor.ts';
import { kubectlProxy } from './kubectl-proxy/descriptor.ts';

export const proxies: readonly Descriptor[] = [kubectlProxy];
