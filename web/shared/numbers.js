// Numbers as people read them.

/**
 * Writes a number with no more decimals than it needs.
 *
 * @param {number} value
 * @param {number} [decimals] the most of them
 * @returns {string}
 */
export function short(value, decimals = 4) {
  return String(Number(value.toFixed(decimals)));
}

/**
 * Writes what something cost; most grades cost a fraction of a cent.
 *
 * @param {number} dollars
 * @returns {string}
 */
export function money(dollars) {
  // Without it, small sums would be written as 2.5e-7.
  const sum = dollars.toLocaleString("en", { maximumSignificantDigits: 3, useGrouping: false });
  return `${sum} US dollars`;
}
