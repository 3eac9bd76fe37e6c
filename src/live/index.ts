/** Everything the page does beyond being read. */
export {};
