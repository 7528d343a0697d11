import { InlineScript } from '../ui/inline-script.tsx'

/**
 * The page is there before its scripts are. What is pressed meanwhile, a button or Enter in a field of words, is kept until
 * `EarlyInput` says that the page lives, and then pressed once: nobody saw that the first time was heard.
 */
const SCRIPT = `{
  const kept = new Map()
  const keep = (element, event) => {
    event.preventDefault()
    // What lives already would hear it now, and once more then.
    event.stopImmediatePropagation()
    kept.set(element, event)
  }
  const onClick = (event) => {
    const button = event.target.closest('button')
    if (button) keep(button, event)
  }
  const onKeyDown = (event) => {
    const isEnter = event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229
    if (isEnter && event.target.tagName === 'TEXTAREA') keep(event.target, event)
  }
  addEventListener('click', onClick, true)
  addEventListener('keydown', onKeyDown, true)
  window.rillComeAlive = () => {
    removeEventListener('click', onClick, true)
    removeEventListener('keydown', onKeyDown, true)
    for (const [element, event] of kept) element.dispatchEvent(new event.constructor(event.type, event))
    kept.clear()
  }
}`

export const EarlyInputScript = () => <InlineScript text={SCRIPT} />
