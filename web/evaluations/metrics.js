// The figures of a report: which there are, what each says in plain words, and reading them.

/** @typedef {import("./part.js").Part} Part */
/** @typedef {{value: number | null, interval: [number, number] | null}} Estimate */
/** @typedef {"high" | "low" | "zero"} Best which way is better: high, low, or near zero */
/** @typedef {{key: string, title: string, best: Best, means: string}} Metric */

/** @type {readonly Metric[]} */
export const METRICS = [
  {
    key: "pearson_r",
    title: "Pearson r",
    best: "high",
    means: "Do scores rise with the human scores, along a line? 1 is perfectly, 0 not at all.",
  },
  {
    key: "spearman_rho",
    title: "Spearman rho",
    best: "high",
    means: "Are answers put in the order that people put them in? 1 is the same order.",
  },
  {
    key: "qwk",
    title: "QWK",
    best: "high",
    means:
      "Agreement on levels, beyond chance (quadratic weighted kappa); a miss by several levels counts more. 1 is full agreement, 0 is chance.",
  },
  {
    key: "rmse",
    title: "RMSE",
    best: "low",
    means: "How far scores lie from human scores, large misses counting more. 0 is best.",
  },
  { key: "mae", title: "MAE", best: "low", means: "How far scores lie from human scores, on average. 0 is best." },
  {
    key: "bias",
    title: "Bias",
    best: "zero",
    means: "Score minus human score, on average: below 0 is stricter than people, above 0 kinder.",
  },
  {
    key: "cohen_kappa",
    title: "Cohen’s kappa",
    best: "high",
    means: "Agreement on who passes, beyond chance. 1 is full agreement, 0 is chance.",
  },
  {
    key: "macro_f1",
    title: "Macro F1",
    best: "high",
    means: "How well passing and failing answers are told apart, both counted alike. 1 is best.",
  },
  {
    key: "false_pass_rate",
    title: "False pass rate",
    best: "low",
    means: "Of the answers that people fail, the share that passes here.",
  },
  {
    key: "false_fail_rate",
    title: "False fail rate",
    best: "low",
    means: "Of the answers that people pass, the share that fails here.",
  },
  {
    key: "concept_precision",
    title: "Concept precision",
    best: "high",
    means: "Of the concepts reported missing, the share that people found missing too.",
  },
  {
    key: "concept_recall",
    title: "Concept recall",
    best: "high",
    means: "Of the concepts that people found missing, the share that is reported.",
  },
  {
    key: "concept_f1",
    title: "Concept F1",
    best: "high",
    means: "Concept precision and recall in one figure. 1 is best.",
  },
  { key: "coverage", title: "Coverage", best: "high", means: "The share of the answers that have a score." },
];

/**
 * @param {string} key
 * @returns {string}
 */
export function metricTitle(key) {
  return METRICS.find((metric) => metric.key === key)?.title ?? key;
}

/**
 * @typedef {object} Metrics
 * @property {number | null} n
 * @property {number | null} graded
 * @property {[string, number][]} ungraded by reason
 * @property {Map<string, Estimate>} figures those that the report has
 * @property {{coverage: number | null, n: number | null, confidence: number | null, qwk: Estimate, rmse: Estimate}[]} risk
 * @property {{from: number | null, to: number | null, n: number | null, confidence: number | null, near: Estimate}[]} bins
 * @property {{n: number | null, figures: Map<string, Estimate>} | null} people the raters among themselves
 * @property {{n: number | null, deviation: number | null, range: number | null, flips: number | null} | null} spread
 * @property {{input: number | null, cached: number | null, output: number | null, cost: number | null} | null} usage
 * @property {{middle: number | null, slowest: number | null} | null} latency
 */

/**
 * @param {Part} part
 * @param {boolean} [needed] whether it should be complete, as it is for all cases together
 * @returns {Metrics}
 */
export function readMetrics(part, needed = true) {
  const people = part.part("human_agreement", false);
  const spread = part.part("spread", false);
  const usage = part.part("usage", needed);
  const latency = part.part("latency_ms", needed);
  const ungraded = part.part("ungraded", needed);
  return {
    n: part.number("n", needed),
    graded: part.number("graded", needed),
    ungraded: [...(ungraded?.fields ?? [])].flatMap(([reason, number]) =>
      typeof number === "number" ? [[reason, number]] : [],
    ),
    figures: figures(part),
    risk: part.parts("risk_coverage", false).map((point) => ({
      coverage: point.number("coverage"),
      n: point.number("n"),
      confidence: point.number("confidence"),
      qwk: estimate(point, "qwk"),
      rmse: estimate(point, "rmse"),
    })),
    bins: part.parts("confidence_bins", false).map((bin) => ({
      from: bin.number("from"),
      to: bin.number("to"),
      n: bin.number("n"),
      confidence: bin.number("confidence"),
      near: estimate(bin, "near"),
    })),
    people: people && { n: people.number("n"), figures: figures(people) },
    spread: spread && {
      n: spread.number("n"),
      deviation: spread.number("mean_sd"),
      range: spread.number("max_range"),
      flips: spread.number("flips"),
    },
    usage: usage && {
      input: usage.number("input_tokens"),
      cached: usage.number("cached_input_tokens"),
      output: usage.number("output_tokens"),
      cost: usage.number("cost_usd"),
    },
    latency: latency && { middle: latency.number("p50"), slowest: latency.number("p99") },
  };
}

/**
 * @param {Part} part
 * @returns {Map<string, Estimate>}
 */
function figures(part) {
  const known = METRICS.filter((metric) => part.fields.has(metric.key));
  return new Map(known.map((metric) => [metric.key, estimate(part, metric.key)]));
}

/**
 * @param {Part} part
 * @param {string} name
 * @returns {Estimate}
 */
export function estimate(part, name) {
  const one = part.part(name);
  return { value: one?.number("value") ?? null, interval: one ? interval(one) : null };
}

/**
 * @param {Part} part
 * @returns {[number, number] | null}
 */
export function interval(part) {
  const [low, high] = part.list("ci95", false) ?? [];
  return Number.isFinite(low) && Number.isFinite(high) ? [Number(low), Number(high)] : null;
}
