/**
 * Node's HTTP, to be imported in place of `node:http`. An `import` of that one reads every export of it, also
 * `WebSocket`, and so loads `fetch` and all that belongs to it: 14 MB in each process.
 */
export const { Agent, createServer, request, ServerResponse, STATUS_CODES } =
  process.getBuiltinModule('node:http');
