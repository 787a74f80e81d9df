/** SLIPWAY_TEST_SEED where it is a whole number, else one that nobody has tried: a failure names it. */
export function seedOrRandom(): number {
  const given = Number(process.env.SLIPWAY_TEST_SEED ?? Number.NaN);
  return Number.isInteger(given) ? given : Math.floor(Math.random() * 2 ** 31);
}
