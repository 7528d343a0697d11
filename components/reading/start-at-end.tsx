import { InlineScript } from '../ui/inline-script.tsx'
import { START_AT_END } from './started-at.ts'

/** The first paint shows the end of a conversation: it does not wait for the page's scripts. */
export const StartAtEnd = () => <InlineScript text={START_AT_END} />
