export { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT } from '../../api/chat/stream/route.ts'
