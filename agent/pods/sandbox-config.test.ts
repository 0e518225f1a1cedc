import { describe, expect, it } from '@jest/globals'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import { boundPod } from '../testing/scenario.ts'
import { podNames, sandboxConfig } from './sandbox-config.ts'

const domain = 'svc.cluster.local'
const long = 'x'.repeat(62)

describe('podNames', () => {
  it.each<[string, Partial<PodSpec>, { hostname: string; names: string[] }]>([
    ['web', {}, { hostname: 'web', names: ['web'] }],
    ['web', { hostname: 'front' }, { hostname: 'front', names: ['front'] }],
    ['web', { hostname: 'front', subdomain: 'sub' }, { hostname: 'front', names: [`front.sub.behave.${domain}`, 'front'] }],
    ['web', { subdomain: 'sub' }, { hostname: 'web', names: [`web.sub.behave.${domain}`, 'web'] }],
    [
      'web',
      { subdomain: 'sub', setHostnameAsFQDN: true },
      { hostname: `web.sub.behave.${domain}`, names: [`web.sub.behave.${domain}`, 'web'] },
    ],
    ['web', { setHostnameAsFQDN: true }, { hostname: 'web', names: ['web'] }],
    ['web', { hostnameOverride: 'any.name.at.all', subdomain: 'sub' }, { hostname: 'any.name.at.all', names: ['any.name.at.all'] }],
    ['web', { hostnameOverride: `${long}.-yes` }, { hostname: long, names: [long] }],
    [`${long}-.cut`, {}, { hostname: long, names: [long] }],
  ])('of %s with %j', (name, spec, expected) => {
    expect(podNames(boundPod(name, spec), 'cluster.local')).toEqual(expected)
  })

  it('refuses a full name that the kernel has no room for', () => {
    const pod = boundPod('a-rather-long-name-for-a-pod', { subdomain: 'subdomain', setHostnameAsFQDN: true })
    const name = `a-rather-long-name-for-a-pod.subdomain.behave.${domain}`
    expect(name).toHaveLength(63)
    expect(podNames(pod, 'cluster.local').hostname).toBe(name)
    expect(podNames({ ...pod, spec: { ...pod.spec, hostNetwork: true } }, 'my.cluster.local').hostname).toBe(pod.metadata.name)
    expect(() => podNames(pod, 'my.cluster.local')).toThrow(
      `failed to construct FQDN from pod hostname and cluster domain, FQDN ${name.replace('cluster', 'my.cluster')} is too long (64 characters is the max, 66 characters requested)`,
    )
  })
})

describe('sandboxConfig', () => {
  const facts = {
    attempt: 0,
    clusterDomain: 'cluster.local',
    dns: { servers: [], searches: [], options: [] },
    volumes: [],
    limits: { nodeMemory: 0 },
  }
  it('refuses user namespaces where the runtime has none', () => {
    const pod = boundPod('p', { hostUsers: false })
    expect(() => sandboxConfig(pod, { ...facts, userNamespaces: false })).toThrow(
      "can't set `spec.hostUsers: false`, runtime does not support user namespaces",
    )
    expect(sandboxConfig(pod, { ...facts, userNamespaces: true }).hostname).toBe('p')
  })

  it('names kernel settings with dots', () => {
    const sysctls = [{ name: 'net/ipv4/conf/eth0.1/arp_filter', value: '1' }]
    const config = sandboxConfig(boundPod('p', { securityContext: { sysctls } }), { ...facts, userNamespaces: false })
    expect(config.sysctls).toEqual({ 'net.ipv4.conf.eth0/1.arp_filter': '1' })
  })
})
