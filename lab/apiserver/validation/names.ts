/** How names, labels and keys must look, and the words in which Kubernetes says so. */
import { invalidValue } from '../field-errors.ts';
import type { Cause } from '../status.ts';

interface Format {
  readonly pattern: RegExp;
  readonly longest: number;
  readonly detail: string;
}

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const example = (pattern: string, ...examples: readonly string[]) =>
  `(e.g. ${examples.map((one) => `'${one}'`).join(',  or ')}, regex used for validation is '${pattern}')`;

/** `k8s.io/apimachinery/pkg/util/validation` */
const formats = {
  subdomain: {
    pattern: new RegExp(`^${label}(\\.${label})*$`),
    longest: 253,
    detail: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character ${example(`${label}(\\.${label})*`, 'example.com')}`,
  },
  label: {
    pattern: new RegExp(`^${label}$`),
    longest: 63,
    detail: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character ${example(label, 'my-name', '123-abc')}`,
  },
  label1035: {
    pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    longest: 63,
    detail: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character ${example('[a-z]([-a-z0-9]*[a-z0-9])?', 'my-name', 'abc-123')}`,
  },
  labelValue: {
    pattern: new RegExp(`^(${qualified})?$`),
    longest: 63,
    detail: `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example(`(${qualified})?`, 'MyValue', 'my_value', '12345')}`,
  },
  configKey: {
    pattern: /^[-._a-zA-Z0-9]+$/,
    longest: 253,
    detail: `a valid config key must consist of alphanumeric characters, '-', '_' or '.' ${example('[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name')}`,
  },
  /** Names of environment variables, since they may hold nearly anything. */
  environmentName: {
    pattern: /^[ -<>-~]+$/,
    longest: Infinity,
    detail:
      "a valid environment variable name must consist only of printable ASCII characters other than '=' (regex used for validation is '^[ -<>-~]+$')",
  },
  httpHeader: {
    pattern: /^[-A-Za-z0-9]+$/,
    longest: Infinity,
    detail: `a valid HTTP header must consist of alphanumeric characters or '-' ${example('[-A-Za-z0-9]+', 'X-Header-Name')}`,
  },
} as const satisfies Record<string, Format>;

export type NameFormat = keyof typeof formats;

/** What is wrong with a text of this format, in words; nothing where it is right. */
export function problemsOf(text: string, format: NameFormat): readonly string[] {
  const { pattern, longest, detail } = formats[format];
  return [
    ...(text.length > longest ? [`must be no more than ${longest} characters`] : []),
    ...(pattern.test(text) ? [] : [detail]),
  ];
}

/** The same as field errors. */
export function checkName(text: string, format: NameFormat, field: string): readonly Cause[] {
  return problemsOf(text, format).map((detail) => invalidValue(field, text, detail));
}

const qualifiedDetail = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example(qualified, 'MyName', 'my.name', '123-abc')}`;

/** `example.com/name` or `name`: keys of labels and annotations, finalizers, resource names. */
export function qualifiedNameProblems(text: string): readonly string[] {
  const parts = text.split('/');
  if (parts.length > 2) {
    return [
      `a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example(qualified, 'MyName', 'my.name', '123-abc').slice(0, -1)}) with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  return [
    ...(prefix === '' ? ['prefix part must be non-empty'] : []),
    ...(prefix ? problemsOf(prefix, 'subdomain').map((problem) => `prefix part ${problem}`) : []),
    ...(name === '' ? ['name part must be non-empty'] : []),
    ...(name.length > 63 ? ['name part must be no more than 63 characters'] : []),
    ...(new RegExp(`^${qualified}$`).test(name) ? [] : [qualifiedDetail]),
  ];
}

export function checkQualifiedName(text: string, field: string): readonly Cause[] {
  return qualifiedNameProblems(text).map((detail) => invalidValue(field, text, detail));
}

/** Labels, or a selector made of them. */
export function checkLabels(
  labels: Readonly<Record<string, unknown>>,
  field: string,
): readonly Cause[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...checkQualifiedName(key, field),
    ...checkName(typeof value === 'string' ? value : '', 'labelValue', field),
  ]);
}

/** IANA_SVC_NAME: how ports are named (RFC 6335). */
export function portNameProblems(text: string): readonly string[] {
  return [
    ...(text.length > 15 ? ['must be no more than 15 characters'] : []),
    ...(/^[-a-z0-9]+$/.test(text)
      ? []
      : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(text) ? [] : ['must contain at least one letter (a-z)']),
    ...(text.includes('--') ? ['must not contain consecutive hyphens'] : []),
    ...(text.startsWith('-') || text.endsWith('-') ? ['must not begin or end with a hyphen'] : []),
  ];
}

export function portNumberProblems(port: number): readonly string[] {
  return port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];
}
