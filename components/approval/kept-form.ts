/** What stands in a form's controls, by their names; a box that is not checked is not there. */
export function filledOf(form: HTMLFormElement): [string, string][] {
  return [...new FormData(form)].map(([name, value]) => [name, String(value)])
}

/** Puts it back. */
export function fillIn(form: HTMLFormElement, filled: readonly [string, string][]): void {
  for (const control of form.elements) {
    if (!(control instanceof HTMLInputElement || control instanceof HTMLSelectElement)) continue
    const values = filled.filter(([name]) => name === control.name).map(([, value]) => value)
    if (control.type === 'checkbox') (control as HTMLInputElement).checked = values.includes(control.value)
    else control.value = values[0] ?? ''
  }
}
