import { RuntimeError, type ContainerConfig, type Runtime } from '../runtime/runtime.ts'
import { wrapRuntime } from '../runtime/wrap-runtime.ts'
import type { KubeletMetrics } from './kubelet-metrics.ts'

/** What the CRI, and so upstream's metrics, call the runtime's verbs. Those without a name there are not counted. */
const operations: Partial<Record<keyof Runtime, string>> = {
  info: 'version',
  createSandbox: 'create_podsandbox',
  startSandbox: 'run_podsandbox',
  stopSandbox: 'stop_podsandbox',
  removeSandbox: 'remove_podsandbox',
  listPods: 'list_podsandbox',
  inspectPod: 'podsandbox_status',
  createContainer: 'create_container',
  startContainer: 'start_container',
  stopContainer: 'stop_container',
  removeContainer: 'remove_container',
  updateContainerResources: 'update_container',
  execSync: 'exec_sync',
  exec: 'exec',
  attach: 'attach',
  portForward: 'port_forward',
  stats: 'list_container_stats',
  imageStatus: 'image_status',
  listImages: 'list_images',
  pullImage: 'pull_image',
  removeImage: 'remove_image',
}
const containerTypes = { app: 'container', init: 'init_container', ephemeral: 'ephemeral_container' } as const

/** The same runtime; its calls are counted and timed. */
export function measuredRuntime(runtime: Runtime, metrics: KubeletMetrics): Runtime {
  return wrapRuntime(runtime, (method, args, call) => {
    const operation = operations[method]
    if (!operation) return call()
    const began = performance.now()
    const ended = (error?: unknown) => {
      const failed = error !== undefined
      metrics.operation(operation, { seconds: (performance.now() - began) / 1000, failed })
      if (method === 'startSandbox') metrics.startingPod({ failed })
      if (method === 'createContainer') {
        const { kind } = args[0] as ContainerConfig
        metrics.startingContainer(containerTypes[kind], failed ? (error instanceof RuntimeError ? error.reason : 'Unknown') : undefined)
      }
    }
    const result = call()
    if (result instanceof Promise) result.then(() => ended(), ended)
    return result
  })
}
