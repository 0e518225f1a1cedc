/** The Kubernetes release whose API this is. */
export const kubernetesVersion = 'v1.36.0'
