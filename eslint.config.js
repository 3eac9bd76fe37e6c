import { readdirSync } from 'node:fs';
import astro from 'eslint-plugin-astro';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** What each room may import (the import rule of the README): everything else is refused. */
const proxies = readdirSync(new URL('proxies', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const rooms = [
  { target: './proxies', from: ['./src', './lab'] },
  { target: './lab', from: ['./src'] },
  { target: ['./src', './lab', './proxies'], from: ['./tools', './e2e', './bench'] },
  // A proxy, and the kit: themselves, the kit and the schema; never another proxy.
  ...proxies.map((name) => ({
    target: `./proxies/${name}`,
    from: './proxies',
    except: [...new Set(['./kit', './descriptor.ts', `./${name}`])],
  })),
];

export default tseslint.config(
  { ignores: ['dist/', '.astro/', '.lab/', 'node_modules/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js', '.json'] } } },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: rooms, basePath: import.meta.dirname }],
      'import-x/no-cycle': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // What the build and the browser read must not need Node.
    files: [
      'proxies/**/descriptor.ts',
      'proxies/descriptor/**/*.ts',
      'proxies/*/facts/**/*.ts',
      'proxies/apiserver-proxy/rewrite/link-attributes.ts',
      'proxies/apiserver-proxy/methods.ts',
      'proxies/index.ts',
      'proxies/kit/client-flags.ts',
      'proxies/kit/hop.ts',
      'src/live/**/*.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*'], message: 'This file is read by the browser.' }] },
      ],
    },
  },
  ...astro.configs.recommended,
);
