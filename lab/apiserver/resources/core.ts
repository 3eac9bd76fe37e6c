/** The core group, v1. */
import type { Resource } from '../resource.ts';
import { bindings } from './pod-binding.ts';
import { configMaps, secrets, serviceAccounts } from './configuration.ts';
import { endpoints } from './endpoints.ts';
import { events } from './events.ts';
import { namespaces } from './namespaces.ts';
import { nodes } from './nodes.ts';
import { pods } from './pods.ts';
import { services } from './services.ts';

export const coreResources: readonly Resource[] = [
  bindings,
  configMaps,
  endpoints,
  events,
  namespaces,
  nodes,
  pods,
  secrets,
  serviceAccounts,
  services,
];
