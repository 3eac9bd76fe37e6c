/**
 * `crash`: an echo that falls. `/crash?code=139` ends it in the middle of everything;
 * `--after-seconds=30` does it by itself, with `--code=1`.
 */
import {
  exitCodeArgument,
  exitCodeRule,
  readExitCode,
  secondsArgument,
  type Arguments,
} from './arguments.ts';
import { echo, echoRoutes } from './echo.ts';
import type { Handler } from './http/exchange.ts';
import { sendText } from './http/send.ts';
import { serveHttp, type HttpWorkload } from './http/serve.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const fall = (code: number) => {
    context.log(`fatal: exit code ${code}`);
    void server.lifecycle.exit(code);
  };
  const crash: Handler = ({ query, response }) => {
    const asked = query.get('code') ?? '1';
    const code = readExitCode(asked);
    if (code !== undefined) {
      fall(code);
      return;
    }
    const message = `invalid exit code ${JSON.stringify(asked)}: ${exitCodeRule}`;
    context.log(message);
    sendText(response, 400, message);
  };
  const server: HttpWorkload = await serveHttp(context, {
    routes: { ...echoRoutes, crash },
    otherwise: echo,
    argumentNames: ['after-seconds', 'code'],
    check: readPlan,
  });
  const { workload, lifecycle, given } = server;
  const { seconds, code } = readPlan(given);
  if (seconds > 0) {
    const timer = setTimeout(() => fall(code), seconds * 1000);
    lifecycle.stopping.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }
  return workload;
};

function readPlan(given: Arguments): { readonly seconds: number; readonly code: number } {
  return {
    seconds: secondsArgument(given, 'after-seconds'),
    code: exitCodeArgument(given, 'code', 1),
  };
}
