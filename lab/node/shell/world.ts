/** What a container can see of the cluster around it. */

export interface World {
  readonly hostname: string;
  readonly addresses: readonly string[];
  readonly nodeName: string;
  /** The container's own program: process 1. */
  readonly program: string;
  readonly startedAt: Date;
  /** IPv4 or IPv6 addresses of a name; empty where it is not known, undefined where no server answers. */
  resolve(name: string): Promise<readonly string[] | undefined>;
  /** The servers of /etc/resolv.conf. */
  readonly nameservers: readonly string[];
}
