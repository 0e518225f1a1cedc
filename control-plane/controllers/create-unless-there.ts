import { isAlreadyExists, isNamespaceTerminating, isNotFound } from '../../api/errors.ts'

/** Waits for a creation; it is fine when the object exists already, or when its namespace is going away. */
export async function createUnlessThere(creation: Promise<unknown>): Promise<void> {
  try {
    await creation
  } catch (error) {
    if (!isAlreadyExists(error) && !isNotFound(error) && !isNamespaceTerminating(error)) throw error
  }
}
