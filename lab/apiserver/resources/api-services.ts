/** APIServices: groups and versions that another server answers for (the aggregation layer). */
import { at, isObject, listAt, textAt, type ApiObject } from '../api-object.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { timestamp } from '../metadata.ts';
import { allVerbs, type Resource } from '../resource.ts';
import { validateApiService, validateApiServiceStatus } from '../validation/api-services.ts';

export const apiServices: Resource = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  singular: 'apiservice',
  namespaced: false,
  verbs: allVerbs,
  categories: ['api-extensions'],
  schema: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService',
  hasStatus: true,
  nameFormat: 'path',
  mustBeVersioned: true,
  columns: [
    nameColumn,
    column('Service', 'The Service in front of the server that answers.', serviceOf),
    column('Available', 'Whether that server answers.', availabilityOf),
    ageColumn,
  ],
  defaults: withPort,
  prepareForCreate: (apiService) => ({
    ...apiService,
    status: at(apiService, 'spec', 'service') === undefined ? alwaysAvailable() : {},
  }),
  validate: validateApiService,
  validateStatus: validateApiServiceStatus,
};

/** What an APIService without a Service says of itself: this apiserver answers. */
function alwaysAvailable() {
  const condition = {
    type: 'Available',
    status: 'True',
    lastTransitionTime: timestamp(),
    reason: 'Local',
    message: 'Local APIServices are always available',
  };
  return { conditions: [condition] };
}

function serviceOf(apiService: ApiObject): string {
  const service = at(apiService, 'spec', 'service');
  return service === undefined
    ? 'Local'
    : `${textAt(service, 'namespace')}/${textAt(service, 'name')}`;
}

function availabilityOf(apiService: ApiObject): string {
  const condition = listAt(apiService, 'status', 'conditions').find(
    (one) => textAt(one, 'type') === 'Available',
  );
  const [status, reason] = [textAt(condition, 'status'), textAt(condition, 'reason')];
  if (!condition) return 'Unknown';
  return status === 'True' || reason === '' ? status : `${status} (${reason})`;
}

function withPort(apiService: ApiObject): ApiObject {
  const spec = at(apiService, 'spec');
  const service = at(spec, 'service');
  if (!isObject(spec) || !isObject(service) || service.port !== undefined) return apiService;
  return { ...apiService, spec: { ...spec, service: { ...service, port: 443 } } };
}
