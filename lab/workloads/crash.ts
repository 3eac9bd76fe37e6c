/**
 * `crash`: an echo that falls. `/crash?code=139` ends it in the middle of everything;
 * `--after-seconds=30` does it by itself, with `--code=1`.
 */
import { numberArgument } from './arguments.ts';
import { echo, echoRoutes } from './echo.ts';
import type { Handler } from './http/exchange.ts';
import { serveHttp, type HttpWorkload } from './http/serve.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const fall = (code: number) => {
    context.log(`fatal: exit code ${code}`);
    void server.lifecycle.exit(code);
  };
  const crash: Handler = ({ query }) => fall(Number(query.get('code') ?? 1));
  const server: HttpWorkload = await serveHttp(context, {
    routes: { ...echoRoutes, crash },
    otherwise: echo,
    argumentNames: ['after-seconds', 'code'],
  });
  const { workload, lifecycle, given } = server;
  const seconds = numberArgument(given, 'after-seconds', 0);
  if (seconds > 0) {
    const timer = setTimeout(() => fall(numberArgument(given, 'code', 1)), seconds * 1000);
    lifecycle.stopping.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }
  return workload;
};
