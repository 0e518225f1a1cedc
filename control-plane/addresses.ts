import { networkInterfaces } from 'node:os'

/** IPv4 addresses of this machine or container that others can reach, in the order of its interfaces. */
export const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap(addresses =>
    (addresses ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  )
