/** All groups of the suite. */
import type { Group } from './command.ts';
import { access } from './tables/access.ts';
import { client } from './tables/client.ts';
import { create } from './tables/create.ts';
import { discovery } from './tables/discovery.ts';
import { errors } from './tables/errors.ts';
import { get } from './tables/get.ts';
import { nodes } from './tables/nodes.ts';
import { pods } from './tables/pods.ts';
import { proxy } from './tables/proxy.ts';
import { rollout } from './tables/rollout.ts';
import { serverSide } from './tables/server-side.ts';
import { write } from './tables/write.ts';

export const groups: readonly Group[] = [
  client,
  discovery,
  get,
  write,
  serverSide,
  create,
  errors,
  access,
  pods,
  proxy,
  rollout,
  nodes,
];
