/** The paths that every apiserver has, for `/`. */
export const healthPaths: readonly string[] = [
  '/healthz',
  ...['etcd', 'log', 'ping', 'poststarthook/rbac/bootstrap-roles'].map(
    (name) => `/healthz/${name}`,
  ),
  '/livez',
  '/readyz',
];
