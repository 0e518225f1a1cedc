import type { SandboxConfig } from '../runtime.ts'

/**
 * Process 1 of every pod. With GATEWAY it sends all traffic, also that to pods of the same node, through the node, where
 * Services are translated. The files in /etc are the ones Docker shares with every container that joins this one's network,
 * so writing them here is enough: Docker's embedded DNS would stand in resolv.conf, and hosts would lack what kubelet puts
 * there. Then it waits, reaping whatever is orphaned to it.
 */
const script = `
trap 'exit 0' TERM INT
if [ -n "$RESOLV_CONF" ]; then printf '%s' "$RESOLV_CONF" > /etc/resolv.conf; fi
if [ -n "$HOSTS" ]; then
  address=$(ip -4 addr show dev eth0 | sed -n 's/.*inet \\([0-9.]*\\).*/\\1/p')
  printf '%s%s\\t%s\\n%s' "$HOSTS" "$address" "$POD_HOSTNAME" "$HOST_ALIASES" > /etc/hosts
fi
if [ -n "$GATEWAY" ]; then
  ip route replace "$GATEWAY" dev eth0 && ip route replace default via "$GATEWAY" && ip route del "$POD_CIDR" || exit 1
fi
while :; do
  sleep 2147483647 &
  wait $!
done
`
/** Short, as it is what `ps` shows where the pod's containers share their processes. */
export const pauseCommand: readonly string[] = ['/bin/sh', '-c', 'eval "$PAUSE"']

const hostsHead = `# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
`

export function hostAliases(config: SandboxConfig): string {
  if (!config.extraHosts || config.extraHosts.length === 0) return ''
  const lines = config.extraHosts.map(({ ip, hostnames }) => `${ip}\t${hostnames.join('\t')}\n`)
  return `\n# Entries added by HostAliases.\n${lines.join('')}`
}

export function resolvConf({ servers, searches, options }: SandboxConfig['dns']): string {
  const lines = [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...servers.map(server => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
  ]
  return lines.map(line => `${line}\n`).join('')
}

/** The script, and what it is told of a pod with a network of its own. */
export function pauseEnvironment(config: SandboxConfig, routes: { gateway?: string; podCidr?: string }): string[] {
  const own: Record<string, string> = {
    RESOLV_CONF: resolvConf(config.dns),
    HOSTS: hostsHead,
    HOST_ALIASES: hostAliases(config),
    POD_HOSTNAME: (config.names ?? [config.hostname]).join('\t'),
    ...(routes.gateway && routes.podCidr ? { GATEWAY: routes.gateway, POD_CIDR: routes.podCidr } : {}),
  }
  return Object.entries({ PAUSE: script, ...(config.network === 'pod' ? own : {}) }).map(([name, value]) => `${name}=${value}`)
}
