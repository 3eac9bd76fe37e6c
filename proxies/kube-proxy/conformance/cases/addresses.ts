/** Who is where: the addresses of upstream's tests (specification 3.7). */

export const nodeName = 'test-node';
export const otherNodeName = 'node-2';

/** The node's own: its primary one, a second one, and an external IP that it holds. */
export const nodeIP = '192.168.0.2';
export const secondNodeIP = '192.168.1.2';
export const heldExternalIP = '192.168.99.11';
export const nodeIPs = [nodeIP, secondNodeIP, heldExternalIP] as const;

/** A pod of this node that is nobody's endpoint. */
export const pod = '10.0.0.2';
export const externalClient = '203.0.113.2';
/** Outside `allowedRange`. */
export const blockedClient = '203.0.113.130';
export const allowedRange = '203.0.113.0/25';

export const podCIDR = '10.0.0.0/8';
export const serviceCIDR = '172.30.0.0/16';
