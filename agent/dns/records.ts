import type { Answer } from 'dns-packet'

/** Seconds that an answer may be kept, as in kubeadm's configuration of CoreDNS. */
export const ttl = 30

/** What is known of a name: records of any type; none at all where only names below it are known. */
export interface Found {
  readonly records: readonly Answer[]
  /** Addresses that come along with records of services. */
  readonly additional?: readonly Answer[]
}
