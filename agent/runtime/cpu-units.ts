/** CPU amounts of Kubernetes, in thousandths, as the kernel counts them: shares for requests, quota per period for limits. */

export const cpuPeriodMicros = 100_000

const sharesPerCpu = 1024
const minShares = 2
const maxShares = 262_144
const minQuotaMicros = 1000

export const sharesOf = (milli: number): number => Math.min(maxShares, Math.max(minShares, Math.floor((milli * sharesPerCpu) / 1000)))
export const milliOfShares = (shares: number): number => Math.ceil((shares * 1000) / sharesPerCpu)

export const quotaOf = (milli: number): number => Math.max(minQuotaMicros, Math.floor((milli * cpuPeriodMicros) / 1000))
export const milliOfQuota = (quotaMicros: number, periodMicros = cpuPeriodMicros): number => Math.floor((quotaMicros * 1000) / periodMicros)
