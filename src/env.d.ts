import type { Page } from './docs.ts';

declare global {
  namespace App {
    interface Locals {
      /** What the components of a page need to know of it. */
      page: Page;
    }
  }
}
