/** Makes load balancers what their Services say, one at a time each: addresses, health checks, packets. */
import { systemClock } from '../../kit/clock.ts';
import {
  assignedEvents,
  familiesOf,
  forwardingModeOf,
  isElsewhere,
  judgeService,
  servesClass,
  statusOf,
  wantedAddress,
  type ProfileEvent,
} from '../contract.ts';
import type { Forwarding } from '../forwarding.ts';
import type { ProviderProfile } from '../profile.ts';
import { ImplementedElsewhere, RetryLater } from '../provider.ts';
import type { Node, Service, ServicePort } from '../service.ts';
import type { AddressBook } from './addresses/address-book.ts';
import { assignAddresses, isAmong } from './addresses/assign.ts';
import type { HealthChecks } from './checks/health-checks.ts';
import type { Health } from './checks/health.ts';
import type { LoadBalancer } from './load-balancer.ts';
import { checkOf } from './node-checks.ts';
import { shownAddressOfNode } from './node-address.ts';
import type { HopCloudOptions } from './options.ts';
import { eligibleNodes, planForwarding, serviceKey } from './plan.ts';

/** The first answers of nodes are waited for, but not for a node that says nothing. */
const firstAnswersMs = 500;

export class Served {
  readonly book: AddressBook;
  private readonly options: HopCloudOptions;
  private readonly checks: HealthChecks;
  private readonly waiting = new Set<string>();

  constructor(options: HopCloudOptions, book: AddressBook, checks: HealthChecks) {
    this.options = options;
    this.book = book;
    this.checks = checks;
  }

  /** @throws Error as `Provider.ensureLoadBalancer`; then it is as before, as far as it could be. */
  async ensure(balancer: LoadBalancer, service: Service, nodes: readonly Node[]): Promise<void> {
    const profile = this.options.profileOf(service);
    refuseOtherClasses(profile, service);
    if (balancer.profile !== null && balancer.profile.id !== profile.id) {
      await this.tearDown(balancer);
    }
    const judgement = judgeService(profile, service, this.options.dataplane.abilities);
    this.tell(balancer, service, judgement.events);
    if (judgement.failure !== null) {
      // What was only taken over is not forwarded: somebody else may have its address.
      if (balancer.profile === null) await this.tearDown(balancer);
      throw new Error(judgement.failure);
    }
    const mode = this.modeOf(profile, service);
    refuseWithoutNodePorts(judgement.accepted, mode);
    const addresses = this.addressesOf(balancer, profile, service);
    Object.assign(balancer, {
      service,
      nodes,
      profile,
      mode,
      addresses,
      ports: judgement.accepted,
      portStatuses: judgement.portStatuses,
    });
    this.tell(balancer, service, this.lostPorts(service));
    await this.askNodes(balancer);
    await this.forward(balancer);
    const before = service.status?.loadBalancer;
    this.tell(balancer, service, assignedEvents(profile, before, balancer.status));
  }

  /**
   * What the Service had before this process began goes on until it is ensured.
   *
   * @returns null where nobody is to be sent to: it would be refused, or has no address
   */
  async resume(
    balancer: LoadBalancer,
    service: Service,
    nodes: readonly Node[],
  ): Promise<Forwarding | null> {
    const profile = this.options.profileOf(service);
    const mode = this.modeOf(profile, service);
    const judgement = judgeService(profile, service, this.options.dataplane.abilities);
    const addresses = familiesOf(profile, service).flatMap(
      (family) => balancer.held.find((each) => each.family === family) ?? [],
    );
    if (judgement.failure !== null || addresses.length === 0) return null;
    try {
      refuseOtherClasses(profile, service);
      refuseWithoutNodePorts(judgement.accepted, mode);
    } catch {
      // Whoever ensures it is told.
      return null;
    }
    const trusted = new Set(nodes.map(({ metadata }) => metadata.name));
    const { accepted: ports, portStatuses } = judgement;
    const found = { service, nodes, profile, mode, addresses, ports, portStatuses, trusted };
    Object.assign(balancer, found);
    await this.askNodes(balancer);
    return this.plan(balancer, profile);
  }

  /** Changes whom it sends to, and what it says of itself, when that has become others. */
  async forward(balancer: LoadBalancer): Promise<void> {
    if (balancer.profile === null) return;
    if (balancer.addresses.length > 0) {
      const forwarding = this.plan(balancer, balancer.profile);
      this.noteNobody(balancer, forwarding);
      if (!isSame(forwarding, balancer.forwarding)) {
        balancer.isTouched = true;
        balancer.forwarding = null;
        await this.options.dataplane.ensure(forwarding);
        balancer.forwarding = forwarding;
      }
    }
    this.giveBack(balancer, (address) => !isAmong(balancer.addresses, address));
    balancer.status = this.statusOf(balancer, balancer.profile);
  }

  /** Nothing of it is left then. */
  async tearDown(balancer: LoadBalancer): Promise<void> {
    balancer.forwarding = null;
    // Or its health checks would have it forwarded again.
    balancer.profile = null;
    if (balancer.isTouched) await this.options.dataplane.remove(balancer.name);
    balancer.isTouched = false;
    this.release(balancer);
  }

  /** All that it has beside the dataplane. */
  release(balancer: LoadBalancer): void {
    this.waiting.delete(balancer.name);
    this.checks.want(balancer.name, []);
    balancer.profile = null;
    balancer.addresses = [];
    balancer.trusted = new Set();
    balancer.told.clear();
    this.giveBack(balancer, () => true);
  }

  /** Gives all its addresses back, for a moment: others may have a right to them. */
  loosen(balancer: LoadBalancer): void {
    this.giveBack(balancer, () => true);
  }

  /** False: it is another's, or in none of the pools. */
  hold(balancer: LoadBalancer, text: string): boolean {
    const address = this.book.takeThis(text, balancer.name);
    if (address === null) return false;
    if (!isAmong(balancer.held, address)) balancer.held = [...balancer.held, address];
    return true;
  }

  /** What it could not hold again it has no more. */
  dropLost(balancer: LoadBalancer): void {
    const isHeld = (address: LoadBalancer['held'][number]) => isAmong(balancer.held, address);
    if (balancer.addresses.every(isHeld)) return;
    balancer.addresses = balancer.addresses.filter(isHeld);
    balancer.forwarding = null;
  }

  healthIn({ profile, service }: LoadBalancer): (node: Node) => Health {
    if (profile === null) return () => 'unknown';
    const check = checkOf(profile, service, this.options.check ?? {});
    return (node) => {
      const checked = check(node);
      return checked === null ? 'healthy' : this.checks.healthOf(checked);
    };
  }

  private modeOf(profile: ProviderProfile, service: Service): Forwarding['mode'] {
    const { modes } = this.options.dataplane.abilities;
    const mode = forwardingModeOf(profile, service, this.options.ipMode);
    return modes.includes(mode) ? mode : (modes[0] ?? 'Proxy');
  }

  private addressesOf(
    balancer: LoadBalancer,
    profile: ProviderProfile,
    service: Service,
  ): LoadBalancer['addresses'] {
    if (profile.address.value === 'node-ips') return [];
    const { name, held } = balancer;
    try {
      const addresses = assignAddresses(this.book, {
        holder: name,
        families: familiesOf(profile, service),
        held: preferred(balancer),
        wanted: wantedAddress(profile, service),
        waiting: this.waiting.size,
      });
      balancer.held = [...held, ...addresses.filter((address) => !isAmong(held, address))];
      this.waiting.delete(name);
      return addresses;
    } catch (error) {
      if (error instanceof RetryLater) this.waiting.add(name);
      throw error;
    }
  }

  private async askNodes(balancer: LoadBalancer): Promise<void> {
    const { profile, service, nodes, name } = balancer;
    if (profile === null) return;
    const check = checkOf(profile, service, this.options.check ?? {});
    this.checks.want(
      name,
      nodes.flatMap((node) => check(node) ?? []),
    );
    const { clock = systemClock } = this.options;
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = clock.after(firstAnswersMs, () => resolve(undefined));
    await Promise.race([this.checks.answered(name), late]);
    timer[Symbol.dispose]();
  }

  private plan(balancer: LoadBalancer, profile: ProviderProfile): Forwarding {
    const { name, service, ports, addresses, mode, nodes, trusted } = balancer;
    const known = this.healthIn(balancer);
    return planForwarding({
      service,
      loadBalancerName: name,
      profile,
      ports,
      addresses,
      mode,
      nodes,
      healthOf: (node) => {
        const health = known(node);
        return health === 'unknown' && trusted.has(node.metadata.name) ? 'healthy' : health;
      },
    });
  }

  private statusOf(balancer: LoadBalancer, profile: ProviderProfile): LoadBalancer['status'] {
    const { service, name, addresses, mode, nodes, portStatuses } = balancer;
    const shown = eligibleNodes(nodes, this.healthIn(balancer));
    const nodeAddresses = familiesOf(profile, service).flatMap((family) =>
      shown.flatMap((node) => {
        const address = shownAddressOfNode(node, family);
        return address === null ? [] : [{ family, address }];
      }),
    );
    const input = { service, loadBalancerName: name, addresses, nodeAddresses, mode, portStatuses };
    return statusOf(profile, input);
  }

  private giveBack(
    balancer: LoadBalancer,
    isOver: (address: LoadBalancer['held'][number]) => boolean,
  ): void {
    for (const address of balancer.held) if (isOver(address)) this.book.giveBack(address);
    balancer.held = balancer.held.filter((address) => !isOver(address));
  }

  /** What the dataplane cannot carry, whatever the cloud says. */
  private lostPorts({ spec }: Service): readonly ProfileEvent[] {
    const { kind, abilities } = this.options.dataplane;
    return (spec.ports ?? []).flatMap(({ protocol = 'TCP', port }) => {
      if (abilities.protocols.includes(protocol)) return [];
      const message = `port ${port}/${protocol} is not served: the ${kind} dataplane has no ${protocol}`;
      return [{ type: 'Warning', reason: 'ProtocolNotSupported', message }];
    });
  }

  /** Each once, as long as the load balancer is there. */
  private tell({ told }: LoadBalancer, service: Service, events: readonly ProfileEvent[]): void {
    for (const { type, reason, message } of events) {
      if (told.has(message)) continue;
      told.add(message);
      this.options.tell(service, type, reason, message);
    }
  }

  private noteNobody(balancer: LoadBalancer, { targets, service }: Forwarding): void {
    const hasNobody = targets.length === 0;
    if (hasNobody && !balancer.hasNobody) {
      this.options.log(`${service}: no node is healthy; clients are refused`);
    }
    balancer.hasNobody = hasNobody;
  }
}

/** What it has, what it is to have first. */
function preferred({ addresses, held }: LoadBalancer): LoadBalancer['held'] {
  return [...addresses, ...held];
}

function refuseOtherClasses(profile: ProviderProfile, service: Service): void {
  const { loadBalancerClass = null } = service.spec;
  // Which class is asked for is the controller's to choose, where the cloud has none of its own.
  const isOpen = loadBalancerClass !== null && profile.classes.value.length === 0;
  const isServed = isOpen || servesClass(profile, loadBalancerClass);
  if (isServed && !isElsewhere(profile, service)) return;
  throw new ImplementedElsewhere(`${serviceKey(service)}: ${profile.id} does not serve it`);
}

function refuseWithoutNodePorts(ports: readonly ServicePort[], mode: Forwarding['mode']): void {
  const without = mode === 'Proxy' && ports.find(({ nodePort }) => !nodePort);
  if (!without) return;
  throw new Error(
    `port ${without.port} has no node port, and packets are sent to node ports: ` +
      'set spec.allocateLoadBalancerNodePorts to true',
  );
}

function isSame(one: Forwarding, other: Forwarding | null): boolean {
  return other !== null && JSON.stringify(one) === JSON.stringify(other);
}
