import type { WantedPort } from './plan-publications.ts'

/**
 * A shell script for the place where ports are published: the kernel there leads what comes in to the node ports of the nodes, one
 * chosen at random for each connection; to the cluster's address by way of a node where a service has no node ports.
 */
export function leadScript(ports: readonly WantedPort[], { nodes, clusterIP }: { nodes: readonly string[]; clusterIP: string }): string {
  const [router] = nodes
  const lines = router === undefined ? [] : ports.map(port => `    ${lead(port, { nodes, clusterIP })}`)
  const table = [
    'table ip published',
    'delete table ip published',
    'table ip published {',
    '  chain prerouting {',
    '    type nat hook prerouting priority dstnat; policy accept;',
    ...lines,
    '  }',
    '  chain postrouting {',
    '    type nat hook postrouting priority srcnat; policy accept;',
    '    masquerade',
    '  }',
    '  chain input {',
    '    type filter hook input priority filter; policy accept;',
    // What is not led anywhere is refused, not left to time out.
    '    ct state new meta l4proto tcp reject with tcp reset',
    '    ct state new reject',
    '  }',
    '}',
  ]
  const route = ports.some(({ nodePort }) => nodePort === undefined) && router ? `ip route replace ${clusterIP}/32 via ${router} && ` : ''
  return `${route}nft -f - <<'RULES'\n${table.join('\n')}\nRULES\n`
}

function lead(
  { protocol, port, nodePort, servicePort }: WantedPort,
  { nodes, clusterIP }: { nodes: readonly string[]; clusterIP: string },
): string {
  const match = `${protocol} dport ${port} dnat to`
  if (nodePort === undefined) return `${match} ${clusterIP}:${servicePort}`
  if (nodes.length === 1) return `${match} ${nodes[0] ?? ''}:${nodePort}`
  return `${match} numgen random mod ${nodes.length} map { ${nodes.map((node, index) => `${index} : ${node}`).join(', ')} }:${nodePort}`
}
