/** All resources of the API, and how to find one by its path. */
import { apiVersionOf, type Resource } from './resource.ts';
import { apiServices } from './resources/api-services.ts';
import { coreResources } from './resources/core.ts';
import { endpointSlices } from './resources/endpoints.ts';
import { namedEvents } from './resources/events.ts';
import { leases } from './resources/leases.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from './resources/rbac.ts';
import {
  localSubjectAccessReviews,
  selfSubjectAccessReviews,
  selfSubjectReviews,
  selfSubjectRulesReviews,
  subjectAccessReviews,
  tokenReviews,
} from './resources/reviews.ts';
import { deployments, replicaSets } from './resources/workloads.ts';

/** In the order of discovery: kubectl prefers what comes first. */
export const resourceTable: readonly Resource[] = [
  ...coreResources,
  apiServices,
  deployments,
  replicaSets,
  selfSubjectReviews,
  tokenReviews,
  localSubjectAccessReviews,
  selfSubjectAccessReviews,
  selfSubjectRulesReviews,
  subjectAccessReviews,
  leases,
  endpointSlices,
  namedEvents,
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
];

const byPath = new Map(
  resourceTable.map((resource) => [`${apiVersionOf(resource)}/${resource.plural}`, resource]),
);

const served = new Set(resourceTable.map(apiVersionOf));

/** Whether anything is served in this group and version. */
export function isServed(group: string, version: string): boolean {
  return served.has(apiVersionOf({ group, version }));
}

export function findResource(group: string, version: string, plural: string): Resource | undefined {
  return byPath.get(`${apiVersionOf({ group, version })}/${plural}`);
}
