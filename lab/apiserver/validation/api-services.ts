/** APIServices (upstream: `ValidateAPIService`, `ValidateAPIServiceStatus`). */
import { at, listAt, numberAt, textAt, type ApiObject } from '../api-object.ts';
import { invalidForEach, invalidValue, notSupported, required } from '../field-errors.ts';
import type { Cause } from '../status.ts';
import { checkName, portNumberProblems } from './names.ts';

export function validateApiService(apiService: ApiObject): readonly Cause[] {
  const spec = at(apiService, 'spec');
  const [group, version] = [textAt(spec, 'group'), textAt(spec, 'version')];
  return [
    ...validateName(apiService.metadata.name, `${version}.${group}`),
    ...(group === '' && version !== 'v1'
      ? [required('spec.group', 'only v1 may have an empty group and it better be legacy kube')]
      : []),
    ...(group === '' ? [] : checkName(group, 'subdomain', 'spec.group')),
    ...checkName(version, 'label1035', 'spec.version'),
    ...validatePriority(spec, 'groupPriorityMinimum', 20_000),
    ...validatePriority(spec, 'versionPriority', 1000),
    ...(at(spec, 'service') === undefined ? validateLocal(apiService) : validateRemote(apiService)),
  ];
}

function validateName(name: string, wanted: string): readonly Cause[] {
  if (name === '' || name === wanted) return [];
  const detail = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`;
  return [invalidValue('metadata.name', name, detail)];
}

function validatePriority(
  spec: ReturnType<typeof at>,
  field: string,
  most: number,
): readonly Cause[] {
  const priority = numberAt(spec, field);
  return priority > 0 && priority <= most
    ? []
    : [invalidValue(`spec.${field}`, priority, `must be positive and less than ${most}`)];
}

function validateLocal(apiService: ApiObject): readonly Cause[] {
  const bundle = Buffer.from(textAt(apiService, 'spec', 'caBundle'), 'base64');
  const size = `${bundle.length} bytes`;
  return [
    ...(bundle.length > 0
      ? [invalidValue('spec.caBundle', size, 'local APIServices may not have a caBundle')]
      : []),
    ...(isUnverified(apiService)
      ? [insecure('local APIServices may not have insecureSkipTLSVerify')]
      : []),
  ];
}

function validateRemote(apiService: ApiObject): readonly Cause[] {
  const service = at(apiService, 'spec', 'service');
  const port = numberAt(service, 'port');
  const details = portNumberProblems(port).map((problem) => `port is not valid: ${problem}`);
  return [
    ...(textAt(service, 'namespace') === '' ? [required('spec.service.namespace')] : []),
    ...(textAt(service, 'name') === '' ? [required('spec.service.name')] : []),
    ...invalidForEach('spec.service.port', port, details),
    ...(isUnverified(apiService) && textAt(apiService, 'spec', 'caBundle') !== ''
      ? [insecure('may not be true if caBundle is present')]
      : []),
  ];
}

function isUnverified(apiService: ApiObject): boolean {
  return at(apiService, 'spec', 'insecureSkipTLSVerify') === true;
}

function insecure(detail: string): Cause {
  return invalidValue('spec.insecureSkipTLSVerify', true, detail);
}

const statuses = ['False', 'True', 'Unknown'];

export function validateApiServiceStatus(apiService: ApiObject): readonly Cause[] {
  return listAt(apiService, 'status', 'conditions').flatMap((condition, index) => {
    const status = textAt(condition, 'status');
    const field = `status.conditions[${index}].status`;
    return statuses.includes(status) ? [] : [notSupported(field, status, statuses)];
  });
}
