/** Says with each answer of the API which build gave it. */
export const BUILD_HEADER = 'Rill-Build'

/** The build that this code is of: the same for the same sources. Empty where nothing was built, as in a script. */
export const BUILD_ID: string = process.env.RILL_BUILD_ID ?? ''
