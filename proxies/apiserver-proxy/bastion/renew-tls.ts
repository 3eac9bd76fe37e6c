/** Certificates, keys and authorities that are replaced on disk are served without a new start. */
import { readAuthorityFile } from '../../kit/apiserver/authority-file.ts';
import { readServingCertificate } from '../../kit/apiserver/serving-certificate.ts';
import { klogLine } from '../../kit/klog.ts';
import type { Bastion } from './bastion.ts';
import type { Flags } from './configure.ts';
import { followFiles } from './follow-files.ts';
import type { Tls } from './serving.ts';

/** Nothing where the files are of the bastion's own making. What cannot be read changes nothing. */
export function renewTls(
  flags: Flags,
  bastion: Pick<Bastion, 'renew' | 'tls'>,
  log: (line: string) => void,
): Disposable {
  const files = [flags['tls-cert-file'], flags['tls-private-key-file'], flags['client-ca-file']];
  const [certFile = '', keyFile = '', authorityFile = ''] = files;
  const read = async (): Promise<Tls> => ({
    ...(certFile === '' ? bastion.tls : await readServingCertificate(certFile, keyFile)),
    clientCa: await readAuthorityFile(authorityFile, 'clients'),
  });
  return followFiles(files, () => {
    read()
      .then((tls) => {
        bastion.renew(tls);
        const message = 'Serving with the certificates that replaced the others';
        log(klogLine('I', 'dynamic_serving_content.go:192', message));
      })
      .catch((error: unknown) => {
        // Two files do not change at once: the second of them sets it right.
        const reason = error instanceof Error ? error.message : String(error);
        log(klogLine('W', 'dynamic_serving_content.go:192', `Still serving as before: ${reason}`));
      });
  });
}
