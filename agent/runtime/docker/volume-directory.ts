/** Where the sandbox mounts a volume of its pod. */
export const volumeDirectory = (volume: string): string => `/volumes/${volume}`
