/** What userspace mode could not do for a port, for events and logs: it is tried again at the next sync. */
import type { ServicePortState } from '../service-port.ts';

export interface UserspaceProblem {
  readonly kind:
    /** Nobody can listen at `address`. */
    | 'bind'
    /** Another port of a Service has that address already. */
    | 'taken'
    /** Never possible: Node has no SCTP. */
    | 'protocol';
  readonly port: ServicePortState;
  /** `TCP 10.96.0.10:53`, or the protocol alone. */
  readonly where: string;
  /** The system's words. */
  readonly message: string;
}
