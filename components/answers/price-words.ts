/** In one notation for server and browser, whatever their languages. */
export function count(tokens: number): string {
  return tokens.toLocaleString('en')
}

/** Two digits that say something, however little it was. */
export function dollars(cost: number): string {
  if (cost > 0 && cost < 0.000_1) return 'less than $0.0001'
  return `$${cost < 0.1 ? Number(cost.toPrecision(2)) : cost.toFixed(2)}`
}
