// Which metrics of two runs differ, in which direction, and what their intervals say. No elements here.

import { METRICS } from "./metrics.js";

/** @typedef {import("./metrics.js").Metric} Metric */
/** @typedef {import("./metrics.js").Estimate} Estimate */
/** @typedef {import("./report.js").Run} Run */
/**
 * @typedef {object} MetricChange
 * @property {Metric} metric
 * @property {Estimate | null} before
 * @property {Estimate | null} after
 * @property {number | null} difference
 * @property {number | null} improvement above 0 is better
 * @property {boolean | null} overlap whether the intervals do; nothing where one lacks
 */

/**
 * @param {Run} before
 * @param {Run} after
 * @returns {MetricChange[]}
 */
export function metricChanges(before, after) {
  return METRICS.flatMap((metric) => {
    const was = before.metrics?.figures.get(metric.key) ?? null;
    const is = after.metrics?.figures.get(metric.key) ?? null;
    if (!was && !is) return [];
    const [from, to] = [was?.value ?? null, is?.value ?? null];
    const difference = from === null || to === null ? null : to - from;
    return [
      {
        metric,
        before: was,
        after: is,
        difference,
        improvement: improvement(metric, from, to),
        overlap: overlap(was, is),
      },
    ];
  });
}

/**
 * @param {Metric} metric
 * @param {number | null} from
 * @param {number | null} to
 */
function improvement({ best }, from, to) {
  if (from === null || to === null) return null;
  if (best === "zero") return Math.abs(from) - Math.abs(to);
  return best === "low" ? from - to : to - from;
}

/**
 * @param {Estimate | null} one
 * @param {Estimate | null} other
 * @returns {boolean | null}
 */
function overlap(one, other) {
  if (!one?.interval || !other?.interval) return null;
  return one.interval[0] <= other.interval[1] && other.interval[0] <= one.interval[1];
}
