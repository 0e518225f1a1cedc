import { resolve } from 'node:path'
import { must } from './shell.ts'
import { kubectlAt, kubectlPaths, type Kubectl } from './kubectl.ts'

/** The cluster on real Docker that scripts/test starts, and what its variables say of it. */
export const testCluster = {
  name: process.env['KUBELING_CLUSTER'] ?? 'kubeling',
  kubeconfig: resolve(process.env['KUBELING_STATE'] ?? '.kubeling', 'kubeconfig'),
}

/** The newest kubectl there is. */
export function kubectlOfCluster(): Kubectl {
  const path = kubectlPaths().at(-1)
  if (!path) throw new Error('no kubectl: run the tests through scripts/test')
  return kubectlAt(path, testCluster.kubeconfig)
}

export const docker = (...args: string[]): Promise<string> => must('docker', args)

/** The running container of a compose service. */
export async function serviceContainer(service: string, all = false): Promise<string> {
  const filters = [`label=io.kubeling.cluster=${testCluster.name}`, `label=com.docker.compose.service=${service}`]
  return (await docker('ps', all ? '-aq' : '-q', ...filters.flatMap(filter => ['--filter', filter]))).trim()
}

/** The engine's containers of a pod, as id → name in the pod (the sandbox is `POD`). */
export async function podContainers(podUid: string): Promise<Map<string, string>> {
  const output = await docker('ps', '--no-trunc', '--filter', `label=io.kubernetes.pod.uid=${podUid}`, '--format', '{{.ID}} {{.Names}}')
  return new Map(
    output
      .trim()
      .split('\n')
      .filter(line => line)
      .map(line => {
        const [id = '', name = ''] = line.split(' ')
        return [id, name.split('_')[1] ?? '']
      }),
  )
}

/** A namespace of its own for one test file, gone afterwards. */
export async function ownNamespace(kubectl: Kubectl, name: string): Promise<AsyncDisposable> {
  await kubectl(`create namespace ${name}`)
  return {
    async [Symbol.asyncDispose]() {
      // What heeds no SIGTERM would have its grace period, of 30 s as a rule, and the tests would wait for it.
      await kubectl(`delete pods --all -n ${name} --grace-period=1 --wait=false`)
      await kubectl(`delete namespace ${name} --timeout=90s`, { timeoutSeconds: 100 })
    },
  }
}
