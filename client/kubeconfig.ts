import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parse, stringify } from 'yaml'
import type { ClientConfig, KeyPair } from './client-config.ts'

interface Named<T> {
  readonly name: string
  readonly value: T
}
type Fields = Readonly<Record<string, unknown>>

/** Names under which a cluster, a user and the context that joins them are written. */
export interface KubeconfigNames {
  readonly cluster: string
  readonly user: string
  readonly context?: string
}

/** The configuration of a context of a kubeconfig file; of its current context unless one is named. */
export async function loadKubeconfig(path: string, contextName?: string): Promise<ClientConfig> {
  const file = fields(parse(await readFile(path, 'utf8')), path)
  const wanted = contextName ?? text(file['current-context'])
  if (!wanted) throw new Error(`${path}: no current-context`)
  const context = find(entries(file, 'contexts', 'context'), wanted, `${path}: context`)
  const cluster = find(entries(file, 'clusters', 'cluster'), text(context['cluster']) ?? '', `${path}: cluster`)
  const user = find(entries(file, 'users', 'user'), text(context['user']) ?? '', `${path}: user`)
  const directory = dirname(resolve(path))
  return {
    ...(await clusterConfig(cluster, directory)),
    ...(await userConfig(user, directory)),
    ...optional('namespace', text(context['namespace'])),
  }
}

async function clusterConfig(cluster: Fields, directory: string): Promise<Pick<ClientConfig, 'server'> & Partial<ClientConfig>> {
  const server = text(cluster['server'])
  if (!server) throw new Error('kubeconfig: the cluster has no server')
  return {
    server,
    ...optional('ca', await pem(cluster, 'certificate-authority', directory)),
    ...(cluster['insecure-skip-tls-verify'] === true ? { insecureSkipTlsVerify: true } : {}),
    ...optional('tlsServerName', text(cluster['tls-server-name'])),
  }
}

async function userConfig(user: Fields, directory: string): Promise<Partial<ClientConfig>> {
  for (const way of ['exec', 'auth-provider', 'username']) {
    if (user[way] !== undefined) throw new Error(`kubeconfig: credentials by ${way} are not supported; use certificates or tokens`)
  }
  const cert = await pem(user, 'client-certificate', directory)
  const key = await pem(user, 'client-key', directory)
  const tokenFile = text(user['tokenFile'])
  return {
    ...(cert !== undefined && key !== undefined ? { certificate: { cert, key } } : {}),
    ...optional('token', tokenFile === undefined ? text(user['token']) : undefined),
    ...optional('tokenFile', tokenFile === undefined ? undefined : resolve(directory, tokenFile)),
  }
}

/** A PEM text that stands in the file as base64 (`…-data`) or in a file of its own. */
async function pem(from: Fields, name: string, directory: string): Promise<string | undefined> {
  const data = text(from[`${name}-data`])
  if (data) return Buffer.from(data, 'base64').toString('utf8')
  const path = text(from[name])
  return path ? readFile(resolve(directory, path), 'utf8') : undefined
}

/** The text of a kubeconfig with one context. */
function kubeconfigText(config: ClientConfig, names: KubeconfigNames): string {
  const { cluster, user, context = `${user}@${cluster}` } = names
  const pair = typeof config.certificate === 'function' ? config.certificate() : config.certificate
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: cluster, cluster: clusterFields(config) }],
    users: [{ name: user, user: userFields(config, pair) }],
    contexts: [{ name: context, context: { cluster, user, ...optional('namespace', config.namespace) } }],
    'current-context': context,
  })
}

const clusterFields = (config: ClientConfig) => ({
  server: config.server,
  ...optional('certificate-authority-data', config.ca === undefined ? undefined : base64(config.ca)),
  ...(config.insecureSkipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
  ...optional('tls-server-name', config.tlsServerName),
})
const userFields = (config: ClientConfig, pair: KeyPair | undefined) => ({
  ...(pair ? { 'client-certificate-data': base64(pair.cert), 'client-key-data': base64(pair.key) } : {}),
  ...optional('token', config.token),
  ...optional('tokenFile', config.tokenFile),
})

/** Writes a kubeconfig that only its owner can read, whole or not at all. */
export async function writeKubeconfig(path: string, config: ClientConfig, names: KubeconfigNames): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, kubeconfigText(config, names), { mode: 0o600 })
  await rename(`${path}.new`, path)
}

const base64 = (value: string) => Buffer.from(value).toString('base64')
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const optional = <N extends string>(name: N, value: string | undefined) =>
  value === undefined ? {} : ({ [name]: value } as Record<N, string>)

function fields(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${where}: not a kubeconfig`)
  return value as Fields
}

function entries(file: Fields, list: string, property: string): Named<Fields>[] {
  const found = file[list]
  if (!Array.isArray(found)) return []
  return found.map((entry: unknown) => {
    const named = fields(entry, list)
    return { name: text(named['name']) ?? '', value: fields(named[property] ?? {}, list) }
  })
}

function find(list: readonly Named<Fields>[], name: string, what: string): Fields {
  const entry = list.find(each => each.name === name)
  if (!entry) throw new Error(`${what} "${name}" does not exist`)
  return entry.value
}
