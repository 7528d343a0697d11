import ReactMarkdown from 'react-markdown'
import gfm from 'remark-gfm'
import { drive } from './driver.tsx'

const plugins = [gfm]

drive((text) => <ReactMarkdown remarkPlugins={plugins}>{text}</ReactMarkdown>)
