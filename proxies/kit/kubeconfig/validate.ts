/** What upstream refuses in a selection, all at once (client-go `tools/clientcmd/validation.go`). */
import { accessSync, constants } from 'node:fs';
import { proxyUrlProblem } from './proxy-url.ts';
import type { ClusterEntry, Kubeconfig, UserEntry } from './config-file.ts';
import { goFileError, KubeconfigError } from './errors.ts';
import type { Selection } from './select.ts';

/** @throws KubeconfigError with every problem of the selection. */
export function validate(config: Kubeconfig, selection: Selection): void {
  const { contextName, cluster, user } = selection;
  const isContextMissing = contextName !== '' && !config.contexts.has(contextName);
  const problems = [
    ...when(isContextMissing, `context was not found for specified context: ${contextName}`),
    ...userProblems(user, selection.userName),
    ...clusterProblems(cluster, selection.clusterName),
  ];
  if (problems.length > 0) throw new KubeconfigError('invalid', ...problems);
}

function userProblems(user: UserEntry, name: string): string[] {
  const hasCertificate = user.clientCertificate !== '' || user.clientCertificateData.length > 0;
  const methods = [
    ...when(user.token !== '', 'token'),
    ...when(user.username !== '' || user.password !== '', 'basicAuth'),
  ];
  const impersonates =
    user.asUid !== '' || user.asGroups.length > 0 || Object.keys(user.asUserExtra).length > 0;
  return [
    ...(hasCertificate ? certificateProblems(user, name) : []),
    ...(user.exec === null ? [] : execProblems(user, user.exec, name)),
    ...when(
      methods.length > 1,
      `more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`,
    ),
    ...when(
      impersonates && user.as === '',
      `requesting uid, groups or user-extra for ${name} without impersonating a user`,
    ),
  ];
}

function certificateProblems(user: UserEntry, name: string): string[] {
  return [
    ...when(
      user.clientCertificate !== '' && user.clientCertificateData.length > 0,
      `client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`,
    ),
    ...when(
      user.clientKey !== '' && user.clientKeyData.length > 0,
      `client-key-data and client-key are both specified for ${name}; client-key-data will override`,
    ),
    ...when(
      user.clientKey === '' && user.clientKeyData.length === 0,
      `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
    ),
    ...unreadable('client-cert', user.clientCertificate, name),
    ...unreadable('client-key', user.clientKey, name),
  ];
}

function execProblems(user: UserEntry, exec: NonNullable<UserEntry['exec']>, name: string) {
  const must = (what: string) =>
    `${what} must be specified for ${name} to use exec authentication plugin`;
  return [
    ...when(
      user.authProvider !== '',
      `authProvider cannot be provided in combination with an exec plugin for ${name}`,
    ),
    ...when(exec.command === '', must('command')),
    ...when(exec.apiVersion === '', must('apiVersion')),
    ...exec.env.filter((variable) => variable.name === '').map(() => must('env variable name')),
    ...when(exec.interactiveMode === '', must('interactiveMode')),
    ...when(
      !['', 'Never', 'IfAvailable', 'Always'].includes(exec.interactiveMode),
      `invalid interactiveMode for ${name}: ${JSON.stringify(exec.interactiveMode)}`,
    ),
  ];
}

function clusterProblems(cluster: ClusterEntry, name: string): string[] {
  const proxyProblem = proxyUrlProblem(cluster.proxyUrl);
  return [
    ...when(
      proxyProblem !== null,
      `invalid 'proxy-url' ${JSON.stringify(cluster.proxyUrl)} for cluster ${JSON.stringify(name)}: ${proxyProblem ?? ''}`,
    ),
    ...when(
      cluster.certificateAuthority !== '' && cluster.certificateAuthorityData.length > 0,
      `certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`,
    ),
    ...unreadable('certificate-authority', cluster.certificateAuthority, name),
  ];
}

function unreadable(what: string, path: string, name: string): string[] {
  if (path === '') return [];
  try {
    accessSync(path, constants.R_OK);
    return [];
  } catch (error) {
    return [
      `unable to read ${what} ${path} for ${name} due to ${goFileError('open', path, error)}`,
    ];
  }
}

function when(isSo: boolean, problem: string): string[] {
  return isSo ? [problem] : [];
}
