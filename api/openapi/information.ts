import { kubernetesVersion } from '../../common/version.ts'

export const information = { title: 'Kubernetes', version: kubernetesVersion } as const
