/** `https`: the echo over TLS on every port, self-signed; it shows the certificate of a client that has one. */
import { echo, echoRoutes } from './echo.ts';
import { serveHttp } from './http/serve.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const { workload } = await serveHttp(context, {
    routes: echoRoutes,
    otherwise: echo,
    isTls: true,
  });
  return workload;
};
