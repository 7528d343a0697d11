/** Copies a text; false where the reader, or the browser, does not allow it. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Also where there is no clipboard: browsers give one to pages over HTTPS only.
    return copyByCommand(text)
  }
}

/** As pages did before there was a clipboard for them. It works over plain HTTP too, where many run it at home. */
function copyByCommand(text: string): boolean {
  const onCopy = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  document.addEventListener('copy', onCopy, true)
  try {
    return document.execCommand('copy')
  } finally {
    document.removeEventListener('copy', onCopy, true)
  }
}
