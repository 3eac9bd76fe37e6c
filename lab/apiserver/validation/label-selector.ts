/** Label selectors of workloads. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { listAt, objectAt, textAt } from '../api-object.ts';
import { forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { Cause } from '../status.ts';
import { checkLabels, checkQualifiedName } from './names.ts';

export function validateLabelSelector(selector: Json, field: string): readonly Cause[] {
  return [
    ...checkLabels(objectAt(selector, 'matchLabels'), `${field}.matchLabels`),
    ...listAt(selector, 'matchExpressions').flatMap((requirement, index) =>
      validateRequirement(requirement, `${field}.matchExpressions[${index}]`),
    ),
  ];
}

function validateRequirement(requirement: Json, field: string): readonly Cause[] {
  const operator = textAt(requirement, 'operator');
  const values = listAt(requirement, 'values');
  return [
    ...validateOperator(operator, values.length, field),
    ...checkQualifiedName(textAt(requirement, 'key'), `${field}.key`),
  ];
}

function validateOperator(operator: string, count: number, field: string): readonly Cause[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return count > 0
        ? []
        : [required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      return count === 0
        ? []
        : [
            forbiddenField(
              `${field}.values`,
              "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            ),
          ];
    default:
      return [invalidValue(`${field}.operator`, operator, 'not a valid selector operator')];
  }
}
