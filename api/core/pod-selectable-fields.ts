import type { Pod } from './pod.ts'

/** Field selectors of pods besides name and namespace. */
export const podSelectableFields: Readonly<Record<string, (pod: Pod) => string>> = {
  'spec.nodeName': pod => pod.spec.nodeName ?? '',
  // What old clients call it.
  'spec.host': pod => pod.spec.nodeName ?? '',
  'spec.restartPolicy': pod => pod.spec.restartPolicy ?? '',
  'spec.schedulerName': pod => pod.spec.schedulerName ?? '',
  'spec.serviceAccountName': pod => pod.spec.serviceAccountName ?? '',
  'spec.hostNetwork': pod => String(pod.spec.hostNetwork ?? false),
  'status.phase': pod => pod.status.phase ?? '',
  'status.podIP': pod => pod.status.podIPs?.[0]?.ip ?? pod.status.podIP ?? '',
  'status.podIPs': pod => pod.status.podIPs?.[0]?.ip ?? pod.status.podIP ?? '',
  'status.nominatedNodeName': pod => pod.status.nominatedNodeName ?? '',
}
