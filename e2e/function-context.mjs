/** What a platform for functions gives Next: a place to say what the process must not be frozen before. */
let waiting = 0
let isAsked = false

function tell() {
  if (!isAsked || waiting > 0) return
  isAsked = false
  process.send('settled')
}

function waitUntil(promise) {
  waiting += 1
  const done = () => {
    waiting -= 1
    tell()
  }
  promise.then(done, done)
}

globalThis[Symbol.for('@next/request-context')] = { get: () => ({ waitUntil }) }

process.on('message', () => {
  isAsked = true
  tell()
})
