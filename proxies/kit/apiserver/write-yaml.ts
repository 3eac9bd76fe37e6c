/** YAML, written into answers. */
import { stringify } from 'yaml';
import type { Json } from '../api/json.ts';

/** As 1.1, so that texts such as "yes" are quoted: Go's readers take them for booleans. */
export function writeYaml(value: Json): string {
  return stringify(value, { aliasDuplicateObjects: false, version: '1.1' });
}
