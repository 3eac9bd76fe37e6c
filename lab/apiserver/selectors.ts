/** Label and field selectors: parsed once per request, in Kubernetes' grammar. */
import { textAt, type ApiObject } from './api-object.ts';
import type { Resource } from './resource.ts';
import { badRequest } from './status.ts';

export type Selector = (object: ApiObject) => boolean;

export const everything: Selector = () => true;

/** The selector of a request: its labelSelector and its fieldSelector together. */
export function readSelector(resource: Resource, query: URLSearchParams): Selector {
  const labels = query.get('labelSelector') ?? '';
  const fields = query.get('fieldSelector') ?? '';
  if (labels === '' && fields === '') return everything;
  const byLabels = parseLabelSelector(labels);
  const byFields = parseFieldSelector(fields, resource);
  return (object) => byLabels(object.metadata.labels ?? {}) && byFields(object);
}

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

const labelKey =
  /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/**
 * Parses a label selector.
 *
 * @throws StatusError 400 when it is malformed.
 * @example parseLabelSelector('app=web,tier in (front, back),!legacy')
 */
export function parseLabelSelector(text: string): LabelTest {
  if (text.trim() === '') return () => true;
  const tests = splitOutsideParentheses(text).map((requirement) =>
    parseRequirement(requirement.trim(), text),
  );
  return (labels) => tests.every((test) => test(labels));
}

function parseRequirement(requirement: string, whole: string): LabelTest {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(requirement);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    checkKey(key, whole);
    const values = new Set(list.split(',').map((value) => value.trim()));
    return operator === 'in'
      ? (labels) => Object.hasOwn(labels, key) && values.has(labels[key] ?? '')
      : (labels) => !Object.hasOwn(labels, key) || !values.has(labels[key] ?? '');
  }
  const comparison = /^([^\s=!<>]+)\s*(==|=|!=|>|<)\s*([^\s=!<>]*)$/.exec(requirement);
  if (comparison) {
    const [, key = '', operator, value = ''] = comparison;
    checkKey(key, whole);
    if (operator === '!=') return (labels) => labels[key] !== value;
    if (operator === '>') return (labels) => Number(labels[key] ?? NaN) > Number(value);
    if (operator === '<') return (labels) => Number(labels[key] ?? NaN) < Number(value);
    return (labels) => labels[key] === value;
  }
  const existence = /^(!?)\s*(\S+)$/.exec(requirement);
  if (!existence) throw unparsable(whole, requirement);
  const [, not, key = ''] = existence;
  checkKey(key, whole);
  return not ? (labels) => !Object.hasOwn(labels, key) : (labels) => Object.hasOwn(labels, key);
}

function checkKey(key: string, whole: string): void {
  if (!labelKey.test(key)) throw unparsable(whole, key);
}

function unparsable(whole: string, part: string) {
  return badRequest(
    `unable to parse requirement: found '${part}', expected: a label key, in the selector "${whole}"`,
  );
}

/** Requirements are separated by commas; so are the values of a set, which stand in parentheses. */
function splitOutsideParentheses(text: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let isInside = false;
  for (let offset = 0; offset < text.length; offset++) {
    const character = text[offset];
    if (character === '(') isInside = true;
    else if (character === ')') isInside = false;
    else if (character === ',' && !isInside) {
      parts.push(text.slice(start, offset));
      start = offset + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/**
 * Parses a field selector; only fields that the resource declares can be selected.
 *
 * @throws StatusError 400 when it is malformed or names another field.
 */
export function parseFieldSelector(text: string, resource: Resource): Selector {
  if (text === '') return everything;
  const tests = text
    .split(',')
    .filter((term) => term !== '')
    .map((term): Selector => {
      const parsed = /^([^=!]+)(!=|==|=)(.*)$/.exec(term);
      if (!parsed) {
        throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      }
      const [, field = '', operator, value = ''] = parsed;
      const read = fieldReader(field, resource);
      return operator === '!='
        ? (object) => read(object) !== value
        : (object) => read(object) === value;
    });
  return (object) => tests.every((test) => test(object));
}

function fieldReader(field: string, resource: Resource): (object: ApiObject) => string {
  if (field === 'metadata.name') return (object) => object.metadata.name;
  if (field === 'metadata.namespace' && resource.namespaced) {
    return (object) => textAt(object, 'metadata', 'namespace');
  }
  const { selectableFields = {} } = resource;
  const own = Object.hasOwn(selectableFields, field) ? selectableFields[field] : undefined;
  if (!own) throw badRequest(`field label not supported: ${field}`);
  return own;
}
