import { Markdown } from '../../components/markdown/markdown.tsx'
import { drive } from './driver.tsx'

drive((text) => <Markdown text={text} />)
