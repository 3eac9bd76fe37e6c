/**
 * `backend`: the answers of `html`, `redirects`, `slow`, `failing` and `big` in one server, chosen by the
 * last segment of the path; anything else comes back as raw bytes (`?format=json` is not for it). `/ws`
 * takes any upgrade and echoes raw. With `--name=backend-a` it is the backend of the recorded cases.
 */
import { failingRoutes } from './failing.ts';
import { always, plainAnswers } from './http/answers.ts';
import { echoRaw } from './http/echo-raw.ts';
import { lastSegment, type Handler, type Routes } from './http/exchange.ts';
import { takeRawUpgrade } from './http/raw-upgrade.ts';
import { serveHttp } from './http/serve.ts';
import { htmlRoutes } from './html.ts';
import { redirectRoutes } from './redirects.ts';
import { slowRoutes } from './slow.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const { workload } = await serveHttp(context, {
    routes: backendRoutes,
    otherwise: echoRaw,
    upgrade: {
      wants: ({ url = '' }) => lastSegment(url.split('?')[0] ?? '') === 'ws',
      take: takeRawUpgrade,
    },
  });
  return workload;
};

const denyUpgrade: Handler = (exchange) =>
  always({
    status: 403,
    headers: { 'Content-Type': 'text/plain', 'X-Backend': exchange.serverName },
    body: 'backend says no upgrade\n',
  })(exchange, '');

const backendRoutes: Routes = {
  ...plainAnswers,
  ...htmlRoutes,
  ...redirectRoutes,
  ...slowRoutes,
  ...failingRoutes,
  wsdeny: denyUpgrade,
};
