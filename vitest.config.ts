import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{proxies,lab,src,tools,e2e,bench}/**/*.test.ts'],
    testTimeout: 20_000,
  },
});
