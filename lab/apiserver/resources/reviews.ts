/** Questions about yourself: `kubectl auth can-i` and `kubectl auth whoami`. They are not stored. */
import { at, isObject, textAt, type JsonObject } from '../api-object.ts';
import type { Attributes } from '../authorization.ts';
import type { Resource } from '../resource.ts';
import { invalid } from '../status.ts';
import { invalidValue } from '../field-errors.ts';

export const selfSubjectAccessReviews: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  singular: 'selfsubjectaccessreview',
  namespaced: false,
  verbs: ['create'],
  schema: 'io.k8s.api.authorization.v1.SelfSubjectAccessReview',
  columns: [],
  review: (review, { user, authorizer }) => ({
    ...review,
    status: { allowed: authorizer.isAllowed(user, attributesOf(review)) },
  }),
};

export const selfSubjectReviews: Resource = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  singular: 'selfsubjectreview',
  namespaced: false,
  verbs: ['create'],
  schema: 'io.k8s.api.authentication.v1.SelfSubjectReview',
  columns: [],
  review: (review, { user }) => ({
    ...review,
    status: {
      userInfo: {
        username: user.name,
        ...(user.uid === undefined ? {} : { uid: user.uid }),
        groups: user.groups,
        ...(user.extra === undefined ? {} : { extra: user.extra }),
      },
    },
  }),
};

function attributesOf(review: JsonObject): Attributes {
  const resource = at(review, 'spec', 'resourceAttributes');
  const path = at(review, 'spec', 'nonResourceAttributes');
  if (isObject(resource) === isObject(path)) {
    throw invalid({ group: 'authorization.k8s.io', kind: 'SelfSubjectAccessReview' }, '', [
      invalidValue(
        'spec.resourceAttributes',
        resource ?? null,
        isObject(path)
          ? 'cannot be specified in combination with nonResourceAttributes'
          : 'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    ]);
  }
  return {
    isResource: isObject(resource),
    verb: textAt(resource, 'verb') || textAt(path, 'verb'),
    group: textAt(resource, 'group'),
    resource: textAt(resource, 'resource'),
    subresource: textAt(resource, 'subresource'),
    namespace: textAt(resource, 'namespace'),
    name: textAt(resource, 'name'),
    path: textAt(path, 'path'),
  };
}
