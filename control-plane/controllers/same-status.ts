import { isEqual } from '../../common/equal.ts'

const counted = (status: object) => Object.fromEntries(Object.entries(status).filter(([, value]) => value !== 0))

/** Whether two statuses say the same. Counters that are zero may be absent in what the server sends. */
export const sameStatus = (a: object, b: object): boolean => isEqual(counted(a), counted(b))
