export { POST } from '../../api/chat/stream/route.ts'
