use super::convert::{Cast, Conversion, value};
use super::test::{Entries, Test};
use crate::eval::import::fields::{Label, Role, Scale, full_marks, label};
use crate::eval::import::log::shown;
use crate::eval::import::node::Value;

impl Conversion<'_> {
    /// What people gave: of a reply what was given in the viewer, unless a name is asked for. A score
    /// that stands in a test is that of its reply only where there is one.
    pub(super) fn label(
        &mut self,
        test: &Test,
        cast: &Cast,
        vars: &Entries,
        about_answer: bool,
    ) -> Option<Label> {
        let was_given = self.naming.given(Role::Score).is_some();
        if test.rating.is_some() && (was_given || !about_answer) {
            let what = if was_given {
                "what was given in the viewer gives way to --score"
            } else {
                "what was given in the viewer is about the reply to a prompt that does more than show the answer, so it is no score of that"
            };
            self.log.note(&test.place, what);
        }
        if let Some(rating) = test.rating.as_ref().filter(|_| about_answer && !was_given) {
            if let Some(name) = cast.score {
                let what = format!(
                    "`{}` gives way to what was given in the viewer",
                    shown(name)
                );
                self.log.note(&test.place, what);
            }
            let scale = self.naming.max_score.map(Scale::from_0);
            return label("score", rating, scale, self.log);
        }
        let name = cast.score?;
        if cast.answer.is_none() && test.is_one_of_several {
            let what = format!(
                "`{}` is of a test with several outputs, so it is not known which it is the score of",
                shown(name)
            );
            self.log.note(&test.place, what);
            return None;
        }
        if test.is_list(name) {
            let place = &test.place;
            self.log.wrong(
                place,
                name,
                "is a list, which promptfoo pairs with every answer; write a test for each answer",
            );
            return None;
        }
        let node = value(test, vars, name)?;
        let given = self.naming.max_score.is_some();
        let is_missing =
            node.value == Value::Null || node.text().is_some_and(|text| text.trim().is_empty());
        let most = if given || is_missing {
            self.naming.max_score
        } else {
            full_marks(vars.iter().chain(&test.metadata), self.log).ok()?
        };
        label(name, node, most.map(Scale::from_0), self.log)
    }
}
