declare namespace App {
  interface Locals {
    /** What the components of a page need to know of it. */
    page: import('./docs.ts').Page;
  }
}
