/** What becomes of the Service, in a language; events stay in Kubernetes' words. */
import type {
  CloudServiceLine,
  CloudServiceSummary,
  PacketLine,
  StatusLine,
} from './cloud-service.ts';
import type { Translate } from './i18n/messages.ts';

/** With backticks around code. */
export function sayCloudServiceLine(line: CloudServiceLine, t: Translate): string {
  switch (line.type) {
    case 'made':
      return t('interface:cloudService.made', {
        clusterIP: line.clusterIP,
        ports: line.ports.map(({ protocol, port, nodePort }) =>
          t('interface:cloudService.port', { protocol, port, nodePort: nodePort ?? '' }),
        ),
      });
    case 'finalizer':
      return t(`interface:cloudService.finalizer.${line.isThere ? 'added' : 'removed'}`);
    case 'event':
      return `\`${line.reason}\` ${line.message}`;
    case 'status':
      return sayStatus(line, t);
    case 'packet':
      return sayPacket(line, t);
    case 'deleted':
      return t(`interface:cloudService.deleted.${line.by}`);
    case 'settled':
      return t(`interface:cloudService.settled.${line.result}`);
    case 'pending':
      return t('interface:cloudService.pending');
    case 'gone':
      return t('interface:cloudService.gone');
  }
}

/** How long it took, and whether that is what was to be expected. */
export function sayCloudService(summary: CloudServiceSummary, t: Translate): string {
  const { addressMs, answerMs, goneMs, isAsExpected } = summary;
  return [
    t(`interface:cloudService.settled.${summary.result}`),
    ...(addressMs === null ? [] : [t('interface:cloudService.results.address', { addressMs })]),
    ...(answerMs === null ? [] : [t('interface:cloudService.results.answer', { answerMs })]),
    goneMs === null
      ? t('interface:cloudService.results.stays')
      : t('interface:cloudService.results.gone', { goneMs }),
    ...(isAsExpected ? [] : [t('interface:connect.results.unexpected')]),
  ].join(' ');
}

function sayStatus({ ingress, standsFor }: StatusLine, t: Translate): string {
  if (ingress.length === 0) return t('interface:cloudService.status.emptied');
  const addresses = ingress.map(({ ip, hostname = '', ipMode }) => {
    const shown = `\`${ip ?? hostname}\``;
    return ipMode === undefined ? shown : `${shown} (\`ipMode: ${ipMode}\`)`;
  });
  const errors = (ingress[0]?.ports ?? []).flatMap(({ protocol, port, error }) =>
    error === undefined ? [] : [`\`${protocol} ${port}: ${error}\``],
  );
  return [
    t('interface:cloudService.status.given', { addresses }),
    ...(standsFor.length === 0
      ? []
      : [
          t('interface:cloudService.status.standsFor', {
            addresses: standsFor.map((one) => `\`${one}\``),
          }),
        ]),
    ...(errors.length === 0 ? [] : [t('interface:cloudService.status.errors', { errors })]),
  ].join(' ');
}

function sayPacket({ protocol, to, result, path }: PacketLine, t: Translate): string {
  if (result !== 'answered' || !path) {
    return t(`interface:cloudService.packet.${result}`, { protocol, to });
  }
  const { node, podNode, pod, seenAs } = path;
  const way = node === null ? 'direct' : 'through';
  const values = { protocol, to, node: node ?? '', podNode, pod, seenAs };
  return `${t('interface:cloudService.packet.answered', values)} ${t(`interface:cloudService.packet.${way}`, values)}`;
}
