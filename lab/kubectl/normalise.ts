/** Makes outputs comparable: what differs from run to run gets one name. */

const replacements: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME'],
  // A pod of a Deployment, its ReplicaSet, a generated name.
  [/-[a-z0-9]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-HASH-ID'],
  [/("?resourceVersion"?: ?)"?\d+"?/g, '$1RV'],
  [/\b(10|172|192)\.\d+\.\d+\.\d+\b|\b127\.\d+\.\d+\.\d+\b/g, 'IP'],
  [/\bfd[0-9a-f]{2}:[0-9a-f:]+/g, 'IP6'],
  [/\bnode-\d\b/g, 'NODE'],
  [/(?<=[\s(])(\d+d)?(\d+h)?(\d+m)?(\d+s)?(?<=[dhms])(?=[\s)]|$)/gm, 'AGE'],
  [/<unknown>/g, 'AGE'],
  // Columns are as wide as their widest cell.
  [/(?<=\S)[ \t]+/g, ' '],
  [/ $/gm, ''],
];

/** @example normalise('web   1/1   Running   0   5m32s', 'ns') // 'web 1/1 Running 0 AGE' */
export function normalise(text: string, namespace: string): string {
  const named = text.replaceAll(namespace, 'NS').replaceAll('\r\n', '\n');
  return replacements
    .reduce((soFar, [pattern, name]) => soFar.replace(pattern, name), named)
    .trim();
}
