import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Node } from '../../api/core/node.ts'
import type { Informers } from '../../client/informers.ts'

export interface PodCidrOptions {
  readonly informers: Informers
  readonly nodeName: string
  /** Survives a restart, as the range does. */
  readonly directory: string
}

/**
 * Resolves once it is known which range the node's pods have: the one it was given before, so that an agent needs no API
 * server to go on where another one ended; at the first start, when the control plane gives it one.
 */
export function podCidrOf({ informers, nodeName, directory }: PodCidrOptions, signal: AbortSignal): Promise<string> {
  const path = join(directory, 'pod-cidr')
  const remembered = read(path)
  return new Promise((resolve, reject) => {
    const look = ({ metadata, spec }: Node) => {
      if (metadata.name !== nodeName || !spec.podCIDR) return
      // At once, because another range than before ends the agent: the next one has to know.
      if (spec.podCIDR !== read(path)) writeFileSync(path, spec.podCIDR)
      resolve(spec.podCIDR)
    }
    informers.for(Node).addListener({ added: look, updated: look })
    if (remembered) resolve(remembered)
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

/** Whether the node was given a range before: then it need not wait for the API server. */
export const knowsPodCidr = (directory: string): boolean => read(join(directory, 'pod-cidr')) !== undefined

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
