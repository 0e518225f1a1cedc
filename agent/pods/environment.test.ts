import { describe, expect, it } from '@jest/globals'
import { ConfigMap } from '../../api/core/config-map.ts'
import type { Container } from '../../api/core/container.ts'
import type { Service } from '../../api/core/service.ts'
import type { Client } from '../../client/client.ts'
import { ObjectReader } from '../volumes/object-reader.ts'
import { environment } from './environment.ts'
import { expand } from '../../common/expansion.ts'
import { serviceEnvironment } from './service-environment.ts'
import { FakeApi } from '../testing/fake-api.ts'
import { boundPod } from '../testing/scenario.ts'

describe('expand', () => {
  const values: Record<string, string> = { A: '1', B: 'two' }
  it.each([
    ['$(A)-$(B)', '1-two'],
    ['$$(A)', '$(A)'],
    ['$(C)', '$(C)'],
    ['$A $', '$A $'],
    ['$$$(A)', '$1'],
    ['$$$$(A)', '$$(A)'],
    ['$(A', '$(A'],
    ['$()', '$()'],
    ['$($(A))', '$($(A))'],
    ['$(A)$$(B)$(B)', '1$(B)two'],
  ])('turns %s into %s', (text, expected) => {
    expect(expand(text, name => values[name])).toBe(expected)
  })
})

describe('environment', () => {
  const resolve = async (part: Partial<Container>) => {
    const api = new FakeApi()
    const metadata = { name: 'cm', namespace: 'behave', uid: 'u', resourceVersion: '1', creationTimestamp: '' }
    api.put(ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { k: 'v', 'a.b-c': 'x' } } as ConfigMap)
    const container: Container = { name: 'c', image: 'i', resources: { limits: { memory: '32Mi', cpu: '250m' } }, ...part }
    const values = await environment({
      pod: boundPod('p', { containers: [container] }),
      container,
      objects: new ObjectReader(api as unknown as Client),
      services: new Map([['S', 'service']]),
      hostIp: '192.0.2.1',
      podIp: '10.0.0.1',
      allocatable: { cpu: '4' },
      readFile: async (volume, path) => (path === 'none' ? undefined : Buffer.from(`FROM='${volume}/${path}'\n`)),
    })
    return Object.fromEntries(values)
  }

  it('lets own entries win over envFrom and services, and refer to what comes before', async () => {
    const env = [
      { name: 'A', value: 'x$(S)' },
      { name: 'B', value: '$(A)$(k)' },
      { name: 'k', value: 'own' },
    ]
    const values = await resolve({ env, envFrom: [{ configMapRef: { name: 'cm' } }] })
    expect(values).toEqual({ S: 'service', A: 'xservice', B: 'xservicev', k: 'own', 'a.b-c': 'x' })
  })

  it('takes every key as a name, after the prefix', async () => {
    expect(await resolve({ envFrom: [{ prefix: 'P_', configMapRef: { name: 'cm' } }] })).toEqual({ P_k: 'v', 'P_a.b-c': 'x', S: 'service' })
  })

  it('reads variables of files on volumes', async () => {
    const ref = (key: string, more: object = {}) => ({ valueFrom: { fileKeyRef: { volumeName: 'v', path: 'f.env', key, ...more } } })
    expect(await resolve({ env: [{ name: 'A', ...ref('FROM') }] })).toMatchObject({ A: 'v/f.env' })
    expect(await resolve({ env: [{ name: 'A', ...ref('NONE', { optional: true }) }] })).not.toHaveProperty('A')
    await expect(resolve({ env: [{ name: 'A', ...ref('NONE') }] })).rejects.toThrow(
      'environment variable key "NONE" not found in file "f.env"',
    )
    await expect(resolve({ env: [{ name: 'A', ...ref('NONE', { path: 'none' }) }] })).rejects.toThrow("couldn't parse env file")
  })

  it('gives fields and resources', async () => {
    const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } })
    const amount = (name: string, resource: string, divisor?: string) => ({
      name,
      valueFrom: { resourceFieldRef: { resource, ...(divisor ? { divisor } : {}) } },
    })
    const env = [
      field('N', 'metadata.name'),
      field('IP', 'status.podIP'),
      amount('M', 'limits.memory'),
      amount('C', 'limits.cpu', '1m'),
      amount('R', 'limits.cpu'),
    ]
    const values = await resolve({ env })
    expect(values).toMatchObject({ N: 'p', IP: '10.0.0.1', M: '33554432', C: '250', R: '1' })
  })

  it.each([
    [{ secretKeyRef: { name: 'absent', key: 'k' } }, 'secret "absent" not found'],
    [{ configMapKeyRef: { name: 'cm', key: 'nokey' } }, "couldn't find key nokey in ConfigMap behave/cm"],
  ])('says what is missing', async (valueFrom, message) => {
    await expect(resolve({ env: [{ name: 'A', valueFrom }] })).rejects.toThrow(message)
  })
})

describe('serviceEnvironment', () => {
  const service = (namespace: string, name: string) =>
    ({ metadata: { namespace, name }, spec: { clusterIP: '10.97.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP' }] } }) as Service
  it('tells where the API server is in upstream’s variables, and leaves out other namespaces', () => {
    const values = serviceEnvironment([service('default', 'kubernetes'), service('other', 'db')], 'behave', true)
    expect(Object.fromEntries(values)).toEqual({
      KUBERNETES_PORT: 'tcp://10.97.0.1:443',
      KUBERNETES_PORT_443_TCP: 'tcp://10.97.0.1:443',
      KUBERNETES_PORT_443_TCP_ADDR: '10.97.0.1',
      KUBERNETES_PORT_443_TCP_PORT: '443',
      KUBERNETES_PORT_443_TCP_PROTO: 'tcp',
      KUBERNETES_SERVICE_HOST: '10.97.0.1',
      KUBERNETES_SERVICE_PORT: '443',
      KUBERNETES_SERVICE_PORT_HTTPS: '443',
    })
  })

  it('puts a service of the namespace in the place of the API server’s when it has its name, unless links are off', () => {
    const own = {
      metadata: { namespace: 'behave', name: 'kubernetes' },
      spec: { clusterIP: '10.97.0.2', ports: [{ port: 53, protocol: 'UDP' }] },
    } as Service
    const services = [own, service('default', 'kubernetes')]
    expect(Object.fromEntries(serviceEnvironment(services, 'behave', true))).toEqual({
      KUBERNETES_PORT: 'udp://10.97.0.2:53',
      KUBERNETES_PORT_53_UDP: 'udp://10.97.0.2:53',
      KUBERNETES_PORT_53_UDP_ADDR: '10.97.0.2',
      KUBERNETES_PORT_53_UDP_PORT: '53',
      KUBERNETES_PORT_53_UDP_PROTO: 'udp',
      KUBERNETES_SERVICE_HOST: '10.97.0.2',
      KUBERNETES_SERVICE_PORT: '53',
    })
    expect(serviceEnvironment(services, 'behave', false).get('KUBERNETES_SERVICE_HOST')).toBe('10.97.0.1')
  })
})
