/** Whether it is a machine of Apple's, where Cmd is what Ctrl is on others. */
export const isApple = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent)
