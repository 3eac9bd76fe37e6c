/** Names in flags, as Kubernetes takes them where it checks the objects that have them. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import type { Flags } from './configure.ts';

type TextFlag = {
  [Name in keyof Flags]: Flags[Name] extends string ? Name : never;
}[keyof Flags];

const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const subdomain = `${label}(?:\\.${label})*`;
const qualified = `(?:${subdomain}/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?`;

/** @throws ConfigurationError `bad-name` */
export function dnsLabel(flags: Flags, name: TextFlag): string {
  return checked(flags, name, { pattern: label, what: 'name of a namespace', hint: 'bad-name' });
}

/** @throws ConfigurationError `bad-name` */
export function dnsSubdomain(flags: Flags, name: TextFlag): string {
  return checked(flags, name, { pattern: subdomain, what: 'name of a Lease', hint: 'bad-name' });
}

/** Null where it is empty. @throws ConfigurationError with this hint */
export function qualifiedName(flags: Flags, name: TextFlag, hint: string): string | null {
  if (flags[name] === '') return null;
  return checked(flags, name, { pattern: qualified, what: 'qualified name', hint });
}

interface Check {
  readonly pattern: string;
  readonly what: string;
  readonly hint: string;
}

function checked(flags: Flags, name: TextFlag, { pattern, what, hint }: Check): string {
  const text = flags[name];
  if (text.length <= 253 && new RegExp(`^(?:${pattern})$`).test(text)) return text;
  throw new ConfigurationError(hint, `--${name}: ${JSON.stringify(text)} is no ${what}`);
}
