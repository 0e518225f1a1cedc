import type { RuntimeInfo } from '../runtime.ts'
import { translated } from './errors.ts'
import type { DockerContext } from './options.ts'

/** Kubernetes calls the machines as Go does. */
const architectures: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64', armv7l: 'arm' }

export async function info({ docker }: DockerContext): Promise<RuntimeInfo> {
  const found = (await translated(docker.info())) as Record<string, string | number | undefined>
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
    cgroupVersion: text('CgroupVersion') === '2' ? 2 : 1,
    handlers: [{ name: '', recursiveReadOnlyMounts: false, userNamespaces: false }],
  }
}
