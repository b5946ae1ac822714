use super::bootstrap::{Bootstrap, interval};
use super::sample::{Graded, same};
use crate::eval::Estimate;
use crate::eval::metrics::{Kappa, level};

/// Agreement of fewer grades than this is mostly chance, and sets no threshold.
const FEWEST: usize = 20;

/// From which confidence on the calibrated scores agree well enough with people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReviewThreshold {
    /// The QWK that was asked for.
    pub target: f64,
    /// Whether it is reached; if not, all that follows is about the best that was.
    pub reached: bool,
    /// The lowest confidence left to the machine, as the grader gave it, 0..1.
    pub confidence: f64,
    /// How many grades are left to the machine.
    pub n: usize,
    /// Their share of all grades.
    pub share: Estimate,
    /// The QWK of their scores, calibrated out of fold. As the threshold was chosen to reach the
    /// target on these very grades, it is a little too kind.
    pub qwk: Estimate,
    /// In what share of the resamples, 0..1, the same threshold reaches the target: near .5 where
    /// it is only just reached. `None` without resamples.
    pub held: Option<f64>,
}

/// A grade, rounded to levels.
#[derive(Debug, Clone, Copy)]
struct Row {
    confidence: f64,
    score: f64,
    human: f64,
}

/// A confidence, and the number and QWK of the grades at or above it.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    confidence: f64,
    n: usize,
    qwk: f64,
}

/// Finds the lowest confidence such that the grades at or above it have a QWK of `target` or more,
/// or else that of the highest QWK; `calibrated` are the scores out of fold.
///
/// `None` where fewer than 20 grades have a QWK.
pub(super) fn review_threshold(
    sample: &[Graded],
    calibrated: &[f64],
    target: f64,
    levels: usize,
    bootstrap: &Bootstrap,
) -> Option<ReviewThreshold> {
    let row = |(one, calibrated): (&Graded, &f64)| Row {
        confidence: one.confidence,
        score: level(*calibrated, levels),
        human: level(one.human, levels),
    };
    let rows: Vec<Row> = sample.iter().zip(calibrated).map(row).collect();
    let candidates = candidates(&rows);
    let reaching = candidates.iter().rfind(|one| one.qwk >= target);
    let best = || candidates.iter().max_by(|a, b| a.qwk.total_cmp(&b.qwk));
    let chosen = reaching.or_else(best)?;

    let kept = |drawn: &[usize]| -> Vec<Row> {
        let drawn = drawn.iter().filter_map(|at| rows.get(*at));
        let kept = drawn.filter(|row| row.confidence >= chosen.confidence);
        kept.copied().collect()
    };
    let qwk = bootstrap.figures(|drawn| kappa(&kept(drawn)));
    let held = qwk.iter().flatten().filter(|qwk| **qwk >= target).count();
    let held = (!qwk.is_empty()).then_some(held as f64 / qwk.len() as f64);
    let share = |kept: usize, all: usize| Some(kept as f64 / all as f64);
    Some(ReviewThreshold {
        target,
        reached: reaching.is_some(),
        confidence: chosen.confidence,
        n: chosen.n,
        share: bootstrap.estimate(share(chosen.n, rows.len()), |drawn| {
            share(kept(drawn).len(), drawn.len())
        }),
        qwk: Estimate {
            value: Some(chosen.qwk),
            ci95: interval(qwk),
        },
        held,
    })
}

/// Every confidence that leaves 20 grades or more with a QWK, from the highest down.
fn candidates(rows: &[Row]) -> Vec<Candidate> {
    let mut sorted = rows.to_vec();
    sorted.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let mut seen = Kappa::default();
    let mut n = 0;
    let mut candidates = Vec::new();
    for tied in sorted.chunk_by(|a, b| same(a.confidence, b.confidence)) {
        for row in tied {
            seen.add(row.score, row.human, 1.0);
        }
        n += tied.len();
        let qwk = seen.value().filter(|_| n >= FEWEST);
        candidates.extend(qwk.map(|qwk| Candidate {
            confidence: tied[0].confidence,
            n,
            qwk,
        }));
    }
    candidates
}

fn kappa(rows: &[Row]) -> Option<f64> {
    let mut kappa = Kappa::default();
    for row in rows {
        kappa.add(row.score, row.human, 1.0);
    }
    kappa.value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::Resampling;
    use crate::eval::calibrate::fit::tests::settings;

    /// Twenty grades in full agreement at .9, twenty a level of four off at .6, and twenty that
    /// are turned round at .3, in two questions.
    fn sample() -> (Vec<Graded<'static>>, Vec<f64>) {
        let mut calibrated = Vec::new();
        let mut sample = Vec::new();
        for (confidence, kind) in [(0.3, 2), (0.9, 0), (0.6, 1)] {
            for place in 0..20_u32 {
                let human = f64::from(place % 5) / 4.0;
                calibrated.push(match kind {
                    0 => human,
                    1 if human < 1.0 => human + 0.25,
                    1 => 0.75,
                    _ => 1.0 - human,
                });
                sample.push(Graded {
                    id: &"abcdefghijklmnopqrst"[place as usize..][..1],
                    question: ["p", "q"][place as usize % 2],
                    human,
                    score: 0.5,
                    confidence,
                });
            }
        }
        (sample, calibrated)
    }

    fn found(target: f64, resamples: usize) -> ReviewThreshold {
        let (sample, calibrated) = sample();
        let settings = settings(Resampling::WithinQuestions, resamples);
        let bootstrap = Bootstrap::new(&sample, &settings);
        review_threshold(&sample, &calibrated, target, 5, &bootstrap).unwrap()
    }

    /// scikit-learn 1.9.1, `cohen_kappa_score(…, weights="quadratic")` of these grades: 1 for those
    /// at .9, .8649 with those at .6, .2105 for all. The interval and the share of resamples that
    /// reach .85 by 20,000 resamples within questions in numpy.
    #[test]
    fn the_lowest_confidence_that_reaches_the_target_is_found() {
        let found = found(0.85, 4000);
        assert!(found.reached);
        assert_eq!((found.confidence, found.n), (0.6, 40));
        assert!((found.qwk.value.unwrap() - 0.864_864_864_864_864_9).abs() < 1e-12);
        assert!((found.share.value.unwrap() - 2.0 / 3.0).abs() < 1e-12);
        let near = |a: f64, b: f64| (a - b).abs() < 0.02;
        let [low, high] = found.qwk.ci95.unwrap();
        assert!(near(low, 0.791) && near(high, 0.893), "{low} {high}");
        assert!(near(found.held.unwrap(), 0.633), "{found:?}");
    }

    #[test]
    fn a_low_target_leaves_every_grade_to_the_machine() {
        let found = found(0.1, 0);
        assert_eq!((found.reached, found.confidence, found.n), (true, 0.3, 60));
        assert!((found.qwk.value.unwrap() - 0.210_526_315_789_473_78).abs() < 1e-12);
        assert_eq!((found.held, found.qwk.ci95), (None, None));
    }

    #[test]
    fn where_the_target_is_not_reached_the_best_is_told() {
        let (sample, calibrated) = sample();
        let of =
            |from: usize, to: usize| (sample[from..to].to_vec(), calibrated[from..to].to_vec());
        let settings = settings(Resampling::WithinQuestions, 10);
        // Those at .9 are left out: .7059 at .6, less for all.
        let (mut some, mut scores) = of(40, 60);
        let (worse, more) = of(0, 20);
        some.extend(worse);
        scores.extend(more);
        let bootstrap = Bootstrap::new(&some, &settings);
        let found = review_threshold(&some, &scores, 0.85, 5, &bootstrap).unwrap();
        assert_eq!((found.reached, found.confidence, found.n), (false, 0.6, 20));
        assert!((found.qwk.value.unwrap() - 0.705_882_352_941_176_4).abs() < 1e-12);
    }

    #[test]
    fn a_few_grades_set_no_threshold() {
        let (sample, calibrated) = sample();
        let settings = settings(Resampling::WithinQuestions, 10);
        let bootstrap = Bootstrap::new(&sample[..19], &settings);
        let found = review_threshold(&sample[..19], &calibrated[..19], 0.5, 5, &bootstrap);
        assert_eq!(found, None);
    }
}
