/** How the apiserver shows itself to kubelets: `--kubelet-client-certificate` and its like, as PEM. */

export interface KubeletTransport {
  readonly certificate: string;
  readonly key: string;
  /** `--kubelet-certificate-authority`; absent: kubelets are not verified. */
  readonly authority?: string | undefined;
}
