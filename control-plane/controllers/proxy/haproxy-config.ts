import { hashJson } from '../../../common/hash.ts'
import { answeringAddress, answeringServers, backendName, backendSection } from './haproxy-backend.ts'
import { conditionsOf, hostVariable } from './haproxy-match.ts'
import { word } from './haproxy-text.ts'
import type { Action, Certificate, Listener, ProxyModel } from './proxy-model.ts'

/** Where the proxy finds the files of its configuration. */
const directory = '/config'
/** Where a process gives its listening sockets to the one after it; scripts/images/ingress-start.sh names it too. */
const handover = '/run/haproxy.sock'
/** Where it says that it is there. */
export const healthPort = 10254

/**
 * The files of HAProxy's configuration that make it do what the model says: `haproxy.cfg`, certificates, and which of them is for
 * whom. The same model gives the same files.
 */
export function haproxyFiles({ listeners }: ProxyModel): Record<string, string> {
  const files: Record<string, string> = { 'haproxy.cfg': configuration(listeners) }
  for (const { name, certificates } of listeners) {
    if (certificates.length === 0) continue
    files[`${name}.crt-list`] = certificates
      .map(({ certificate, hosts }) => `${[`${directory}/${fileOf(certificate)}`, ...hosts].join(' ')}\n`)
      .join('')
    for (const { certificate } of certificates) files[fileOf(certificate)] = certificate.pem
  }
  return files
}

const fileOf = ({ pem }: Certificate) => `${hashJson(pem).slice(0, 16)}.pem`

function configuration(listeners: readonly Listener[]): string {
  const modeOf = ({ protocol }: Listener) => (protocol === 'TCP' ? 'tcp' : 'http')
  const actions = new Map<string, string[]>()
  for (const listener of listeners)
    for (const action of [...listener.routes.map(route => route.action), listener.otherwise])
      actions.set(backendName(action, modeOf(listener)), backendSection(action, modeOf(listener)))
  const sections = [
    ...head,
    ...answeringServers.map(answering),
    ...listeners.map(frontend),
    ...[...actions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, section]) => section),
  ]
  return sections.map(lines => `${lines.join('\n')}\n`).join('\n')
}

/** What holds for all. A reload lets the requests of the process before finish, connections that stay open for five minutes more. */
const head: readonly string[][] = [
  [
    'global',
    '  log stdout format raw local0',
    `  stats socket ${handover} mode 600 expose-fd listeners level admin`,
    '  uid 65534',
    '  gid 65534',
    '  nbthread 1',
    '  maxconn 4096',
    '  hard-stop-after 5m',
    '  ssl-default-bind-options ssl-min-ver TLSv1.2',
    '  tune.ssl.default-dh-param 2048',
  ],
  [
    'defaults',
    '  mode http',
    '  log global',
    '  option dontlognull',
    '  option redispatch 1',
    '  retries 3',
    '  retry-on conn-failure empty-response',
    '  timeout connect 5s',
    '  timeout client 60s',
    '  timeout server 60s',
    '  timeout http-request 30s',
    '  timeout http-keep-alive 60s',
    '  timeout queue 30s',
    '  timeout tunnel 1h',
  ],
  ['resolvers cluster', '  parse-resolv-conf', '  hold valid 5s'],
  ['frontend health', `  bind :${healthPort}`, '  http-request return status 200 content-type text/plain string ok'],
]

const answering = (code: 500 | 503): string[] => [
  `frontend answer-${code}`,
  `  bind ${answeringAddress(code)}`,
  `  http-request return status ${code} content-type text/plain string "${code === 500 ? 'Internal Server Error' : 'Service Unavailable'}"`,
]

function frontend(listener: Listener): string[] {
  const { name, port, protocol, routes, otherwise } = listener
  const tls = protocol === 'HTTPS' ? ` ssl crt-list ${word(`${directory}/${name}.crt-list`)} alpn h2,http/1.1` : ''
  const lines = [`bind :${port}${tls}`, ...(protocol === 'TCP' ? tcpLines(listener) : httpLines)]
  for (const { match, action } of protocol === 'TCP' ? [] : routes)
    for (const condition of conditionsOf(match)) lines.push(`use_backend ${backendName(action, 'http')}${condition && ` if ${condition}`}`)
  if (protocol !== 'TCP') lines.push(`default_backend ${backendName(otherwise, 'http')}`)
  return [`frontend ${name}`, ...lines.map(line => `  ${line}`)]
}

const tcpLines = ({ routes, otherwise }: Listener): string[] => {
  const action: Action = routes[0]?.action ?? otherwise
  return ['mode tcp', 'option tcplog', `default_backend ${backendName(action, 'tcp')}`]
}

/** What upstream's ingress-nginx tells the pods of whom they serve. A request that may have been acted on is not sent twice. */
const httpLines: readonly string[] = [
  'option httplog',
  'http-request disable-l7-retry if METH_POST',
  `http-request set-var(${hostVariable}) req.hdr(host),field(1,:),lower`,
  'http-request set-header X-Request-ID %[uuid] unless { req.hdr(X-Request-ID) -m found }',
  'http-request set-header X-Real-IP %[src]',
  'http-request set-header X-Forwarded-For %[src]',
  'http-request set-header X-Forwarded-Host %[req.hdr(host)]',
  'http-request set-header X-Forwarded-Port %[dst_port]',
  'http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]',
]
