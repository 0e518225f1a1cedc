import { RuntimeError } from '../runtime.ts'
import type { DockerContext } from './options.ts'

/** The mode that joins a namespace of the node, which is a container. */
export function nodeNamespace({ nodeContainer }: DockerContext): string {
  if (!nodeContainer) throw new RuntimeError('Unknown', 'this node is not a container: it has no namespaces that a pod could join')
  return `container:${nodeContainer}`
}
