import { InlineScript } from '../ui/inline-script.tsx'

/**
 * While instances of two versions answer side by side, a page may ask for its scripts where they are not. Then it is asked for
 * again, once a second for a minute, until all of it comes from one version. In the page itself: it must not be missing too. Parts
 * that are loaded later tell of it in their place (`Late`).
 */
const SCRIPT = `{
  const isPart = (address) => String(address).includes('/_next/static/')
  let timer
  const reload = () => {
    if (timer) return
    try {
      const since = Number(sessionStorage.getItem('rill:incomplete')) || Date.now()
      const age = Date.now() - since
      if (age > 60_000 && age < 600_000) return
      sessionStorage.setItem('rill:incomplete', age < 60_000 ? since : Date.now())
      timer = setTimeout(() => location.reload(), 1_000)
    } catch {
      // Storage is off: without it nothing would end the reloading.
    }
  }
  addEventListener('error', ({ target }) => !window.rillLate && isPart(target.src || target.href) && reload(), true)
  // What failed before this script ran.
  addEventListener('load', () => {
    const loaded = performance.getEntriesByType('resource')
    if (loaded.some(({ name, responseStatus }) => isPart(name) && responseStatus >= 400)) reload()
  })
}`

export const MendScript = () => <InlineScript text={SCRIPT} />
