import { eventually } from './eventually.ts'
import type { Kubectl } from './kubectl.ts'
import { docker, serviceContainer, testCluster } from './test-cluster.ts'

interface Inspected {
  readonly Config: { readonly Image: string; readonly Env: readonly string[] }
  readonly Mounts: readonly {
    readonly Type: string
    readonly Name?: string
    readonly Source: string
    readonly Destination: string
    readonly RW: boolean
  }[]
}

/** One more node beside those of compose, with settings of its own (`KUBELING_…`), gone with everything on it afterwards. */
export async function extraNode(kubectl: Kubectl, name: string, settings: Readonly<Record<string, string>>): Promise<AsyncDisposable> {
  const container = `${testCluster.name}-${name}`
  const label = `io.kubeling.cluster=${testCluster.name}`
  const [like] = JSON.parse(await docker('inspect', await serviceContainer('node-1'))) as Inspected[]
  if (!like) throw new Error('there is no node-1 to take after')
  const env = [...like.Config.Env.filter(line => line.startsWith('KUBELING_')), `KUBELING_NODE=${name}`]
  const all = [...env, ...Object.entries(settings).map(([key, value]) => `${key}=${value}`)]
  const mounts = like.Mounts.filter(({ Destination }) => Destination !== '/var/lib/kubeling').map(
    ({ Type, Name, Source, Destination, RW }) => `${Type === 'volume' ? Name : Source}:${Destination}${RW ? '' : ':ro'}`,
  )
  await docker('volume', 'create', '--label', label, container)
  await docker(
    ...['run', '-d', '--name', container, '--label', label, '--network', `${testCluster.name}_nodes`, '--cap-add', 'NET_ADMIN'],
    ...['--sysctl', 'net.ipv4.ip_forward=1', '--sysctl', 'net.ipv4.conf.all.rp_filter=0'],
    ...[...mounts, `${container}:/var/lib/kubeling`].flatMap(mount => ['-v', mount]),
    ...all.flatMap(line => ['-e', line]),
    like.Config.Image,
  )
  await eventually(() => kubectl(`wait --for=condition=Ready node/${name} --timeout=5s`), { seconds: 60, what: `the node ${name}` })
  return {
    async [Symbol.asyncDispose]() {
      await docker('rm', '-f', container)
      await kubectl(`delete node ${name}`)
      const pods = (await docker('ps', '-aq', '--filter', `label=${label}`, '--filter', `label=io.kubeling.node=${name}`))
        .split('\n')
        .filter(Boolean)
      if (pods.length > 0) await docker('rm', '-fv', ...pods)
      await docker('volume', 'rm', container)
      await docker('network', 'rm', `${testCluster.name}-pods-${name}`)
    },
  }
}
