/** Upstream's `TestAccept` for the default lists (specification 1.9; kubectl `pkg/proxy/proxy_server_test.go`). */
export interface AcceptCase {
  /** The number upstream gives it. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly isAccepted: boolean;
}

const pods = '/api/v1/namespaces/default/pods';

export const acceptCases: readonly AcceptCase[] = [
  { number: 1, method: 'GET', path: '/', host: '127.0.0.1', isAccepted: true },
  { number: 2, method: 'GET', path: '/api/v1/pods', host: '127.0.0.1', isAccepted: true },
  { number: 3, method: 'GET', path: '/api/v1/pods', host: 'localhost', isAccepted: true },
  { number: 4, method: 'GET', path: `${pods}/foo`, host: 'localhost', isAccepted: true },
  { number: 5, method: 'GET', path: `${pods}/attachfoo`, host: 'localhost', isAccepted: true },
  { number: 7, method: 'GET', path: `${pods}/execfoo`, host: 'localhost', isAccepted: true },
  { number: 8, method: 'GET', path: `${pods}/foo/exec`, host: '127.0.0.1', isAccepted: false },
  { number: 9, method: 'GET', path: `${pods}/foo/attach`, host: '127.0.0.1', isAccepted: false },
  { number: 10, method: 'GET', path: '/api/v1/pods', host: 'evil.com', isAccepted: false },
  {
    number: 11,
    method: 'GET',
    path: '/api/v1/pods',
    host: 'localhost.evil.com',
    isAccepted: false,
  },
  { number: 12, method: 'GET', path: '/api/v1/pods', host: '127a0b0c1', isAccepted: false },
  { number: 13, method: 'GET', path: '/ui', host: 'localhost', isAccepted: true },
  { number: 14, method: 'POST', path: '/api/v1/pods', host: 'localhost', isAccepted: true },
  { number: 15, method: 'PUT', path: `${pods}/somepod`, host: 'localhost', isAccepted: true },
  { number: 16, method: 'PATCH', path: `${pods}/somepod`, host: 'localhost', isAccepted: true },
  {
    number: 23,
    method: 'POST',
    path: `${pods}/somepod/exec`,
    host: 'localhost',
    isAccepted: false,
  },
];
