import 'server-only'

export { copyDatabase, copyRequest } from './live-copy.ts'
