/** Puts text in the place of what stands between two places, as if it had been typed; the caret stands behind it. */
export function replaceText(field: HTMLTextAreaElement, start: number, end: number, text: string): void {
  field.setRangeText(text, start, end, 'end')
  field.dispatchEvent(new Event('input', { bubbles: true }))
}
