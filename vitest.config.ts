import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Most of a test is waiting: two at a time, also on two cores.
          maxWorkers: 2,
          include: ['{proxies,lab,src,tools,bench}/**/*.test.ts'],
          testTimeout: 20_000,
          // A lab starts in some of them, on machines that are busy with another.
          hookTimeout: 60_000,
        },
      },
      {
        // In real Chromium, against the built site: `npm run build` comes first.
        test: {
          name: 'browser',
          include: ['e2e/**/*.e2e.ts'],
          globalSetup: ['e2e/running-site.ts'],
          testTimeout: 60_000,
          hookTimeout: 30_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
