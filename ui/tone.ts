/** How something is: well, worth a look, broken, not there or not known yet, on its way. */
export type Tone = 'good' | 'warn' | 'bad' | 'idle' | 'busy'
