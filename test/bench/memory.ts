import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Figure } from './figures.ts'

const execute = promisify(execFile)
const IDLE_MILLISECONDS = 30_000
const services = ['control-plane', 'node-1', 'node-2', 'node-3'] as const

/** Megabytes, and per cent of one core; what is not there has no aim. */
export interface MemoryAims {
  readonly controlPlane?: number
  readonly agent: number
  readonly agentCpu?: number
}

/** Resident memory of the programs of a running cluster, in MB, and the share of a CPU they use while nothing happens. */
export async function memoryFigures(cluster: string, aims: MemoryAims): Promise<Figure[]> {
  const figures = await Promise.all(
    services.map(async service => {
      const [memory, cpu] = service === 'control-plane' ? [aims.controlPlane] : [aims.agent, aims.agentCpu]
      const id = await containerOf(cluster, service)
      const begin = await usage(id)
      await new Promise(resolve => setTimeout(resolve, IDLE_MILLISECONDS))
      const end = await usage(id)
      return [
        {
          name: `${service}, resident`,
          value: end.megabytes,
          unit: 'MB',
          ...atMost(memory),
          ...(end.others > 0 ? { beside: `its supervisor ${end.others.toFixed(1)} MB` } : {}),
        },
        {
          name: `${service}, CPU while idle`,
          value: ((end.cpuSeconds - begin.cpuSeconds) / (IDLE_MILLISECONDS / 1000)) * 100,
          unit: '%',
          ...atMost(cpu),
        },
      ]
    }),
  )
  return figures.flat()
}

const atMost = (value: number | undefined): Pick<Figure, 'aim'> => (value === undefined ? {} : { aim: { bound: 'most', value } })

async function containerOf(cluster: string, service: string): Promise<string> {
  const filters = [`label=io.kubeling.cluster=${cluster}`, `label=com.docker.compose.service=${service}`]
  const { stdout } = await execute('docker', ['ps', '-q', ...filters.flatMap(filter => ['--filter', filter])])
  return stdout.trim()
}

/** Of the Node.js process in the container; the shell that supervises an agent has another megabyte or two. */
async function usage(container: string): Promise<{ megabytes: number; cpuSeconds: number; others: number }> {
  const script = 'for p in /proc/[0-9]*; do cat $p/comm; grep VmRSS $p/status; cat $p/stat; done 2>/dev/null; true'
  const { stdout } = await execute('docker', ['exec', container, 'sh', '-c', script])
  const found = { megabytes: 0, cpuSeconds: 0, others: 0 }
  for (const [, command, kilobytes, stat = ''] of stdout.matchAll(/^(.+)\nVmRSS:\s+(\d+) kB\n\d+ \(.*\) (.*)$/gm)) {
    if (command !== 'node') {
      // The shell that asks is none of them.
      if (command !== 'sh') found.others += Number(kilobytes) / 1024
      continue
    }
    found.megabytes += Number(kilobytes) / 1024
    const fields = stat.split(' ')
    found.cpuSeconds += (Number(fields[11]) + Number(fields[12])) / 100
  }
  return found
}
