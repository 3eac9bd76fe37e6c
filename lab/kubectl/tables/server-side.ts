import type { Group } from '../command.ts';

const map = (name: string, data: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data: { ${data} }
`;

/** `apply --server-side`: who owns which fields. */
export const serverSide: Group = {
  name: 'server-side',
  files: {
    'one.yaml': map('map', 'a: "1", b: "2"'),
    'two.yaml': map('map', 'a: "1", c: "3"'),
    'old.yaml': map('old', 'a: "1", b: "2"'),
    'new.yaml': map('old', 'a: "2"'),
  },
  steps: [
    { run: 'apply --server-side -f one.yaml', prints: 'configmap/map serverside-applied' },
    { run: 'apply --server-side -f one.yaml', prints: 'configmap/map serverside-applied' },
    {
      run: 'get cm map -o jsonpath={.metadata.managedFields[0].fieldsV1}',
      prints: '{"f:data":{"f:a":{},"f:b":{}}}',
    },
    {
      run: 'get cm map -o yaml --show-managed-fields',
      prints: /manager: kubectl\n +operation: Apply/,
      since: { minor: 21, because: 'before, they are always shown' },
    },
    {
      run: 'diff --server-side -f two.yaml',
      play: async (session) => {
        const { code, stdout } = await session.run('diff --server-side -f two.yaml');
        const isRight = /^- +b: "2"$/m.test(stdout) && /^\+ +c: "3"$/m.test(stdout);
        if (code !== 1 || !isRight) throw new Error(`${code}: ${stdout}`);
      },
    },
    { run: 'apply --server-side -f two.yaml', prints: 'configmap/map serverside-applied' },
    { run: 'get cm map -o jsonpath={.data}', prints: '{"a":"1","c":"3"}' },
    { run: 'patch cm map -p {"data":{"a":"9"}}', prints: 'configmap/map patched' },
    {
      run: 'apply --server-side -f two.yaml',
      fails: /Apply failed with 1 conflict: conflict with "kubectl(-patch)?" using v1: \.data\.a/,
    },
    {
      run: 'apply --server-side --force-conflicts -f two.yaml',
      prints: 'configmap/map serverside-applied',
    },
    { run: 'get cm map -o jsonpath={.data.a}', prints: '1' },
    {
      run: 'apply --server-side --field-manager=other -f one.yaml --dry-run=server',
      prints: 'configmap/map serverside-applied (server dry run)',
    },
    { run: 'apply -f old.yaml', prints: 'configmap/old created' },
    { run: 'apply --server-side -f new.yaml', prints: 'configmap/old serverside-applied' },
    {
      run: 'get cm old -o jsonpath={.data.a}',
      prints: '2',
    },
  ],
};
