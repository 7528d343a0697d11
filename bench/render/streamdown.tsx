import { Streamdown } from 'streamdown'
import { drive } from './driver.tsx'

drive((text) => <Streamdown>{text}</Streamdown>)
