/** The door on the host to the pages that a load balancer of the lab’s cloud serves. */

/** Where it is when nobody else is there. */
export const pagesDoorPort = 8088;

export const pagesDoorOrigin = `http://127.0.0.1:${pagesDoorPort}`;
