import { AppError } from '#lib/protocol/index.ts'

/** As this server writes them: in lower case, so that one thing has one name. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}

/** Said of what is someone else's too. */
export function notFound(what = 'nothing here'): AppError {
  return new AppError('not-found', `There is ${what}, or it is not yours.`)
}
