use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};
use serde::Serialize;

use super::cases::data;
use super::charts::{Chart, charts};
use super::comparison::ComparisonView;
use super::groups::Groups;
use super::headline::Headline;
use super::overview::Overview;
use super::policy::policy;
use crate::eval::{Report, Run, Settings, Texts};

/// The templates; their names end in `.html`, so everything they show is escaped unless it is
/// declared safe.
const TEMPLATES: [(&str, &str); 5] = [
    ("page.html", include_str!("templates/page.html")),
    ("headline.html", include_str!("templates/headline.html")),
    ("overview.html", include_str!("templates/overview.html")),
    ("comparison.html", include_str!("templates/comparison.html")),
    ("run.html", include_str!("templates/run.html")),
];

const STYLE: &str = concat!(
    include_str!("templates/page.css"),
    include_str!("templates/parts.css"),
    include_str!("templates/cases.css")
);

const SCRIPT: &str = concat!(
    include_str!("templates/element.js"),
    include_str!("templates/case.js"),
    include_str!("templates/table.js"),
    include_str!("templates/start.js")
);

#[derive(Debug, Serialize)]
struct Page<'a> {
    style: &'static str,
    script: &'static str,
    policy: String,
    headline: Headline<'a>,
    overview: Overview<'a>,
    comparisons: Vec<ComparisonView<'a>>,
    repeated: bool,
    runs: Vec<RunView<'a>>,
    has_texts: bool,
    data: String,
}

#[derive(Debug, Serialize)]
struct RunView<'a> {
    name: &'a str,
    charts: Vec<Chart>,
    groups: [Groups<'a>; 2],
}

impl<'a> RunView<'a> {
    fn new(index: usize, run: &'a Run, settings: &Settings) -> Self {
        Self {
            name: &run.name,
            charts: charts(index, run, settings),
            groups: [
                Groups::new("Tag", &run.by_tag, settings.primary),
                Groups::new("Question", &run.by_question, settings.primary),
            ],
        }
    }
}

/// Writes a report as one HTML page, with the texts of its cases where there are some.
///
/// The page asks for nothing outside itself. Everything but the table of cases can be read without
/// its script. Answers, replies and names come out as text, whatever they hold.
///
/// # Errors
/// A template does not fit what it is filled with, which is a mistake in this software.
pub fn html(report: &Report, texts: &Texts) -> Result<String, Error> {
    let page = Page {
        style: STYLE,
        script: SCRIPT,
        policy: policy(STYLE, SCRIPT),
        headline: Headline::new(report),
        overview: Overview::new(report),
        comparisons: ComparisonView::all(report),
        repeated: report.settings.repeat > 1,
        runs: report
            .runs
            .iter()
            .enumerate()
            .map(|(index, run)| RunView::new(index, run, &report.settings))
            .collect(),
        has_texts: !texts.cases.is_empty(),
        data: data(report, texts).map_err(|error| {
            Error::new(ErrorKind::BadSerialization, "the cases are no JSON").with_source(error)
        })?,
    };
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in TEMPLATES {
        templates.add_template(name, source)?;
    }
    templates
        .get_template("page.html")?
        .render(Value::from(Serde(page)))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    /// The page's markup: without what stands in its style, its script and its data.
    fn markup(page: &str) -> String {
        let mut markup = String::new();
        let mut rest = page;
        while let Some(begin) = ["<style>", "<script "]
            .iter()
            .filter_map(|tag| rest.find(tag))
            .min()
        {
            let inside = begin + rest[begin..].find('>').unwrap() + 1;
            let end = inside + rest[inside..].find("</s").unwrap();
            markup.push_str(&rest[..inside]);
            rest = &rest[end..];
        }
        markup + rest
    }

    /// The tags of the markup, without `<` and `>`.
    fn tags(markup: &str) -> Vec<&str> {
        markup
            .split('<')
            .skip(1)
            .map(|tag| tag.split_once('>').unwrap().0)
            .collect()
    }

    fn name(tag: &str) -> &str {
        tag.split([' ', '/']).next().unwrap_or_default()
    }

    fn pages() -> Vec<String> {
        let sample = sample::report();
        let mut none = sample.clone();
        none.runs.clear();
        let mut ungraded = sample.clone();
        for run in &mut ungraded.runs {
            run.cases.iter_mut().for_each(|case| case.score = None);
            run.metrics.risk_coverage.clear();
            run.metrics.confidence_bins.clear();
        }
        vec![
            html(&sample, &sample::texts()).unwrap(),
            html(&none, &Texts::default()).unwrap(),
            html(&ungraded, &sample::texts()).unwrap(),
        ]
    }

    #[test]
    fn hostile_texts_open_no_element_and_set_no_attribute() {
        let page = html(&sample::report(), &sample::texts()).unwrap();
        let markup = markup(&page);
        let tags = tags(&markup);
        assert_eq!(tags.iter().filter(|tag| name(tag) == "script").count(), 2);
        assert!(tags.iter().all(|tag| name(tag) != "img"));
        assert!(
            tags.iter()
                .all(|tag| !tag.contains(" on") && !tag.contains(" style="))
        );
        assert!(!markup.contains("<!--"));
        // What is shown is what was given: no template within it was expanded.
        let shown = "{{ 7*7 }} {% raw %} \u{2028}\u{202e}\u{2066}";
        assert!(markup.matches(shown).count() >= 20);
    }

    #[test]
    fn every_element_that_is_opened_is_closed() {
        for page in pages() {
            let markup = markup(&page);
            let mut open = Vec::new();
            for tag in tags(&markup) {
                if let Some(closed) = tag.strip_prefix('/') {
                    assert_eq!(open.pop(), Some(closed), "in {tag}");
                } else if !tag.ends_with('/') && !["meta", "!doctype"].contains(&name(tag)) {
                    open.push(name(tag));
                }
            }
            assert_eq!(open, Vec::<&str>::new());
        }
    }

    #[test]
    fn no_two_elements_have_one_name() {
        let mut report = sample::report();
        report.runs.push(report.runs[0].clone());
        let page = html(&report, &sample::texts()).unwrap();
        let markup = markup(&page);
        let mut names: Vec<&str> = markup
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn nothing_is_asked_for_outside_the_page() {
        for page in pages() {
            let markup = markup(&page);
            for tag in tags(&markup) {
                assert!(!tag.contains(" src=") && name(tag) != "link", "{tag}");
                let inside = !tag.contains(" href=") || tag.contains(" href=\"#");
                assert!(inside, "{tag}");
            }
        }
        for own in [STYLE, SCRIPT] {
            for request in ["http", "url(", "@import", "fetch", "innerHTML", "</"] {
                assert!(!own.contains(request), "{request}");
            }
        }
    }

    #[test]
    fn the_policy_names_the_style_and_the_script_that_are_there() {
        let page = html(&sample::report(), &sample::texts()).unwrap();
        let between = |from: &str, to: &str| {
            let start = page.rfind(from).unwrap() + from.len();
            page[start..].split(to).next().unwrap()
        };
        let style = between("<style>", "</style>");
        let script = between("<script type=\"module\">", "</script>");
        assert!(page.contains(&policy(style, script)));
    }

    #[test]
    fn a_report_without_runs_or_grades_is_still_a_page() {
        let pages = pages();
        assert!(pages[1].contains("The texts of questions and answers are not part"));
        assert_eq!(pages[2].matches("There is nothing to draw.").count(), 4);
    }
}
