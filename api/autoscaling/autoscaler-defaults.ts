import type { HorizontalPodAutoscaler, HPAScalingRules } from './horizontal-pod-autoscaler.ts'

const upwards: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
}
const downwards: HPAScalingRules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] }

/** Pods use four fifths of the processor time that they requested, unless told otherwise. */
export function withAutoscalerDefaults(autoscaler: HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const { metrics = [], behavior } = autoscaler.spec
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }
  return {
    ...autoscaler,
    spec: {
      ...autoscaler.spec,
      metrics: metrics.length > 0 ? metrics : [cpu],
      ...(behavior
        ? { behavior: { scaleUp: { ...upwards, ...behavior.scaleUp }, scaleDown: { ...downwards, ...behavior.scaleDown } } }
        : {}),
    },
  }
}
