import type { RuntimeInfo } from '../runtime.ts'
import { hasRecursiveReadOnly } from './connect.ts'
import { translated } from './errors.ts'
import type { DockerContext } from './options.ts'

/** Kubernetes calls the machines as Go does. */
const architectures: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64', armv7l: 'arm' }

export async function info({ docker }: DockerContext): Promise<RuntimeInfo> {
  const found = (await translated(docker.info())) as Record<string, string | number | readonly string[] | undefined>
  const options = Array.isArray(found['SecurityOptions']) ? (found['SecurityOptions'] as string[]) : []
  const has = (option: string) => options.some(text => text.split(',').includes(`name=${option}`))
  const text = (name: string) => String(found[name] ?? '')
  return {
    name: 'docker',
    version: text('ServerVersion'),
    osImage: text('OperatingSystem'),
    kernelVersion: text('KernelVersion'),
    operatingSystem: text('OSType'),
    architecture: architectures[text('Architecture')] ?? text('Architecture'),
    cpus: Number(found['NCPU'] ?? 1),
    memoryBytes: Number(found['MemTotal'] ?? 0),
    machineId: text('ID'),
    recursiveReadOnlyMounts: hasRecursiveReadOnly(docker),
    cgroupVersion: text('CgroupVersion') === '2' ? 2 : 1,
    appArmor: has('apparmor'),
    userNamespaces: has('userns'),
  }
}
