import { describe, expect, it } from '@jest/globals'
import { Service } from './service.ts'
import { decode } from '../schema/decode.ts'
import { withDefaults } from '../schema/defaults.ts'

type Spec = Record<string, unknown>

function service(spec: Spec): Service {
  const decoded = decode(Service.schema, { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'default' }, spec }).value
  const filled = withDefaults(Service.schema, decoded)
  return Service.applyDefaults?.(filled) ?? filled
}
const created = (spec: Spec): Service => Service.prepareForCreate?.(service(spec)) ?? service(spec)
const updated = (next: Spec, current: Service): Service => Service.prepareForUpdate?.(service(next), current) ?? service(next)
const says = (object: Service): string[] => (Service.validate?.(object) ?? []).map(({ field, message }) => `${field}: ${message}`)
const saysOf = (next: Service, current: Service): string[] =>
  (Service.validateUpdate?.(next, current) ?? []).map(({ field, message }) => `${field}: ${message}`)
const cells = (object: Service) => Service.columns.map(column => column.cell(object, new Date(0))).filter((_, index) => index !== 5)

const http = { name: 'http', port: 80 }
const running = created({ type: 'NodePort', clusterIP: '10.96.0.7', ports: [{ ...http, nodePort: 30080 }] })

describe('a service', () => {
  it('sends traffic to the port of the same number unless told otherwise', () => {
    expect(service({ ports: [{ port: 80 }, { port: 81, targetPort: 'web' }] }).spec.ports).toEqual([
      { port: 80, protocol: 'TCP', targetPort: 80 },
      { port: 81, protocol: 'TCP', targetPort: 'web' },
    ])
  })

  it('has a time limit for affinity by client only', () => {
    expect(service({ sessionAffinity: 'ClientIP' }).spec.sessionAffinityConfig).toEqual({ clientIP: { timeoutSeconds: 10800 } })
    const without = service({ sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } })
    expect(without.spec.sessionAffinityConfig).toBeUndefined()
  })

  it('names both fields of the address when one was given', () => {
    expect(created({ clusterIP: 'None' }).spec.clusterIPs).toEqual(['None'])
    expect(says(created({ clusterIP: 'None' }))).toEqual([])
  })

  it('refuses what contradicts itself', () => {
    expect(says(created({ ports: [{ port: 80 }, { port: 80, name: 'b' }] }))).toEqual([
      'spec.ports[0].name: Required value',
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ])
    expect(says(created({ ports: [{ port: 80, nodePort: 30000 }] }))).toEqual([
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ])
    expect(says(created({ type: 'NodePort', clusterIP: 'None', ports: [http] }))).toEqual([
      'spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services',
    ])
    expect(says(created({ type: 'ExternalName' }))).toEqual(['spec.externalName: Required value'])
    expect(says(created({ ports: [http], clusterIP: 'nonsense' }))).toEqual([
      'spec.clusterIPs[0]: Invalid value: "nonsense": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ])
    expect(says(created({ ports: [http], externalIPs: ['127.0.0.1'] }))).toEqual([
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ])
    expect(says(created({ ports: [{ port: 80, targetPort: 'a_b' }] }))).toEqual([
      'spec.ports[0].targetPort: Invalid value: "a_b": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    ])
  })

  it('keeps its address and node ports when a client leaves them out', () => {
    const next = updated({ type: 'NodePort', ports: [{ ...http, port: 8080 }] }, running)
    expect(next.spec).toMatchObject({ clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'], ports: [{ port: 8080, nodePort: 30080 }] })
    expect(saysOf(next, running)).toEqual([])
  })

  it('drops what a new type has no use for', () => {
    const next = updated({ ...running.spec, type: 'ClusterIP' }, running)
    expect(next.spec.ports?.[0]?.nodePort).toBeUndefined()
    expect(next.spec.externalTrafficPolicy).toBeUndefined()
    expect(saysOf(next, running)).toEqual([])
    const alias = updated({ ...running.spec, type: 'ExternalName', externalName: 'example.com' }, running)
    expect(alias.spec.clusterIP).toBeUndefined()
    expect(saysOf(alias, running)).toEqual([])
  })

  it('keeps its address for life', () => {
    const next = updated({ ...running.spec, clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.8'] }, running)
    expect(saysOf(next, running)).toEqual(['spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set'])
  })

  it('is shown as kubectl knows it', () => {
    expect(cells(running)).toEqual(['s', 'NodePort', '10.96.0.7', '<none>', '80:30080/TCP', '<none>'])
    const balanced = created({ type: 'LoadBalancer', clusterIP: '10.96.0.9', selector: { b: '2', a: '1' }, ports: [http] })
    expect(cells(balanced)).toEqual(['s', 'LoadBalancer', '10.96.0.9', '<pending>', '80/TCP', 'a=1,b=2'])
    const reached = { ...balanced, status: { loadBalancer: { ingress: [{ hostname: 'b.example.com' }, { ip: '1.2.3.4' }] } } }
    expect(cells(reached)[3]).toBe('1.2.3.4,b.example.com')
    expect(cells(created({ type: 'ExternalName', externalName: 'example.com' })).slice(1, 5)).toEqual([
      'ExternalName',
      '<none>',
      'example.com',
      '<none>',
    ])
  })
})
