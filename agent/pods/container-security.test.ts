import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import type { Container } from '../../api/core/container.ts'
import type { PodSecurityContext, SecurityContext } from '../../api/core/security-context.ts'
import type { ImageInfo } from '../runtime/runtime.ts'
import { boundPod } from '../testing/scenario.ts'
import { containerSecurity, verifyRunAsNonRoot } from './container-security.ts'
import { seccompProfile } from './seccomp-profile.ts'

const setting = (shared: PodSecurityContext, own: SecurityContext) => {
  const container: Container = { name: 'c', image: 'i', resources: {}, securityContext: own }
  return { pod: boundPod('p', { securityContext: shared, containers: [container] }), container }
}
const imageOf = (user?: string) => ({ id: 'i', tags: [], digests: [], sizeBytes: 1, ...(user ? { user } : {}) }) as ImageInfo
const security = (shared: PodSecurityContext, own: SecurityContext = {}, user?: string) => {
  const { pod, container } = setting(shared, own)
  return containerSecurity(pod, container, imageOf(user))
}

describe('containerSecurity', () => {
  it.each<[PodSecurityContext, SecurityContext, string | undefined, object]>([
    [{}, {}, undefined, {}],
    [{ runAsUser: 1 }, { runAsUser: 2 }, undefined, { user: '2' }],
    [{ runAsGroup: 3 }, {}, undefined, { user: '0:3' }],
    [{ runAsGroup: 3 }, {}, 'alice:staff', { user: 'alice:3' }],
    [{ fsGroup: 5, supplementalGroups: [6] }, {}, undefined, { groups: ['5', '6'] }],
    [{ supplementalGroupsPolicy: 'Strict' }, {}, '1000:7', { user: '1000', groupsPolicy: 'Strict' }],
    [{ seLinuxOptions: { level: 'a' } }, { seLinuxOptions: { type: 'b' } }, undefined, { seLinux: { type: 'b' } }],
    [{ appArmorProfile: { type: 'Localhost', localhostProfile: 'x' } }, {}, undefined, { appArmor: 'x' }],
    [{}, { allowPrivilegeEscalation: false, privileged: false }, undefined, { noNewPrivileges: true }],
    [{}, { capabilities: { add: ['A'], drop: ['ALL'] } }, undefined, { addCapabilities: ['A'], dropCapabilities: ['ALL'] }],
  ])('of %j and %j, for an image of %s', (shared, own, user, expected) => {
    expect(security(shared, own, user)).toEqual(expected)
  })
})

describe('verifyRunAsNonRoot', () => {
  it.each<[SecurityContext, string | undefined, string | undefined]>([
    [{}, undefined, undefined],
    [{ runAsNonRoot: false, runAsUser: 0 }, undefined, undefined],
    [{ runAsNonRoot: true, runAsUser: 1 }, 'root', undefined],
    [{ runAsNonRoot: true }, '1000:0', undefined],
    [{ runAsNonRoot: true, runAsUser: 0 }, '1000', "container's runAsUser breaks non-root policy"],
    [{ runAsNonRoot: true }, undefined, 'container has runAsNonRoot and image will run as root'],
    [{ runAsNonRoot: true }, 'www', 'container has runAsNonRoot and image has non-numeric user (www), cannot verify user is non-root'],
  ])('of %j, for an image of %s', (own, user, message) => {
    const { pod, container } = setting({}, own)
    const verify = () => verifyRunAsNonRoot(pod, container, imageOf(user))
    if (message) expect(verify).toThrow(`${message} (pod: "p_behave(uid-p)", container: c)`)
    else expect(verify).not.toThrow()
  })
})

describe('seccompProfile', () => {
  it('reads the profile of the container, or its pod, below the node’s directory', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'seccomp-'))
    await writeFile(join(directory, 'own.json'), '{"defaultAction":"SCMP_ACT_ALLOW"}')
    await writeFile(join(directory, 'bad.json'), 'nonsense')
    const local = (localhostProfile: string) => ({ seccompProfile: { type: 'Localhost' as const, localhostProfile } })
    const of = (shared: PodSecurityContext, own: SecurityContext) => {
      const { pod, container } = setting(shared, own)
      return seccompProfile(pod, container, directory)
    }
    expect(await of({}, {})).toEqual({})
    expect(await of({ seccompProfile: { type: 'RuntimeDefault' } }, {})).toEqual({ seccomp: 'RuntimeDefault' })
    expect(await of(local('none.json'), local('own.json'))).toEqual({ seccomp: { json: '{"defaultAction":"SCMP_ACT_ALLOW"}' } })
    const path = join(directory, 'none.json')
    await expect(of(local('none.json'), {})).rejects.toThrow(
      `cannot load seccomp profile "${path}": open ${path}: no such file or directory`,
    )
    await expect(of(local('bad.json'), {})).rejects.toThrow('cannot load seccomp profile')
  })
})
