import type { FileSystemInfo } from '../runtime/runtime.ts'

/** Kubelet's imageGCHighThresholdPercent, imageGCLowThresholdPercent, imageMinimumGCAge and imageMaximumGCAge. */
export interface ImageGcPolicy {
  /** From this usage of the disk on, images are removed … */
  readonly highThresholdPercent: number
  /** … until it is down to this one. */
  readonly lowThresholdPercent: number
  /** An image that is here for less is left alone: it may have been pulled for a container that is still to come. */
  readonly minAgeMs: number
  /** An image that nobody has used for so long goes even when there is space; 0: never. */
  readonly maxAgeMs: number
  /** How often to look. */
  readonly periodMs: number
}
export const defaultImageGcPolicy: ImageGcPolicy = {
  highThresholdPercent: 85,
  lowThresholdPercent: 80,
  minAgeMs: 120_000,
  maxAgeMs: 0,
  periodMs: 300_000,
}

/** What is known of an image that may be removed; times in milliseconds, 0 for before the agent's start, or never. */
export interface ImageUse {
  readonly id: string
  readonly sizeBytes: number
  readonly firstDetected: number
  readonly lastUsed: number
}

/** How full the disk is, in whole percent as upstream counts them. */
export const usagePercent = ({ capacityBytes, availableBytes }: FileSystemInfo): number =>
  100 - Math.floor((availableBytes * 100) / capacityBytes)

/** Bytes to free now; 0 below the high threshold. */
export function bytesToFree(disk: FileSystemInfo, { highThresholdPercent, lowThresholdPercent }: ImageGcPolicy): number {
  if (usagePercent(disk) < highThresholdPercent) return 0
  return Math.max(0, Math.floor((disk.capacityBytes * (100 - lowThresholdPercent)) / 100) - disk.availableBytes)
}

/** The order in which images go: what was used the longest ago first, then what was here first. */
export const inEvictionOrder = (images: readonly ImageUse[]): ImageUse[] =>
  [...images].sort((a, b) => a.lastUsed - b.lastUsed || a.firstDetected - b.firstDetected)

/** Those that nobody has used for too long. Nothing is, before the agent has watched for that long. */
export function outlived(
  images: readonly ImageUse[],
  { maxAgeMs }: ImageGcPolicy,
  { now, began }: { now: number; began: number },
): ImageUse[] {
  if (maxAgeMs === 0 || now - began <= maxAgeMs) return []
  return inEvictionOrder(images).filter(({ lastUsed, firstDetected }) => now - Math.max(lastUsed, firstDetected) > maxAgeMs)
}

/** Those that may go for want of space, in their order. */
export const removable = (images: readonly ImageUse[], { minAgeMs }: ImageGcPolicy, now: number): ImageUse[] =>
  inEvictionOrder(images).filter(({ firstDetected }) => now - firstDetected >= minAgeMs)
