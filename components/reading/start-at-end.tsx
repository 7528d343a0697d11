import { InlineScript } from '../ui/inline-script.tsx'

/** The first paint shows the end of a conversation: it does not wait for the page's scripts. */
export const StartAtEnd = () => <InlineScript text="document.querySelector('.scroller')?.scrollTo(0, 1e9)" />
