import 'server-only'

export * from './body.ts'
export * from './cursor.ts'
export * from './identity.ts'
export * from './route.ts'
export * from './same-site.ts'
export * from './scheduler.ts'
export * from './shift.ts'
