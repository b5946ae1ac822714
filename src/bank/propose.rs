use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::slug;
use crate::grade::Concept;

/// Concepts for a question of a bank, by the question's id.
pub struct Proposal {
    /// The question.
    pub question_id: String,
    /// Its concepts; their ids are made anew, of their texts.
    pub concepts: Vec<Concept>,
    /// Who made them, for the comment above.
    pub by: String,
}

/// Adds concepts to the TOML of a bank, each list under a comment that asks for a person's eye. What
/// is written there stays as it is; questions that have concepts are left alone.
///
/// `text` is a bank's, already parsed; TOML that is none comes back as it was.
pub fn propose(text: &str, proposals: &[Proposal]) -> String {
    let Ok(mut bank) = text.parse::<DocumentMut>() else {
        return text.to_owned();
    };
    match bank.get_mut("questions") {
        Some(Item::ArrayOfTables(questions)) => {
            for question in questions.iter_mut() {
                if let Some(proposal) = proposal_for(question.get("id"), proposals)
                    && !question.contains_key("concepts")
                {
                    question.insert("concepts", Item::ArrayOfTables(tables(proposal)));
                }
            }
        }
        Some(Item::Value(toml_edit::Value::Array(questions))) => {
            let tables_within = questions
                .iter_mut()
                .filter_map(toml_edit::Value::as_inline_table_mut);
            for question in tables_within {
                let id = question.get("id").cloned().map(Item::Value);
                if let Some(proposal) = proposal_for(id.as_ref(), proposals)
                    && !question.contains_key("concepts")
                {
                    let list = tables(proposal).into_array();
                    question.insert("concepts", toml_edit::Value::Array(list));
                }
            }
        }
        _ => {}
    }
    bank.to_string()
}

fn proposal_for<'a>(id: Option<&Item>, proposals: &'a [Proposal]) -> Option<&'a Proposal> {
    let id = id?.as_str()?;
    proposals.iter().find(|one| one.question_id == id)
}

fn tables(proposal: &Proposal) -> ArrayOfTables {
    let texts = proposal
        .concepts
        .iter()
        .map(|concept| concept.text.as_str());
    let ids = slug::ids(texts, "concept");
    let mut tables = ArrayOfTables::new();
    for (at, (concept, id)) in proposal.concepts.iter().zip(ids).enumerate() {
        let mut table = Table::new();
        table.insert("id", value(id));
        table.insert("text", value(concept.text.as_str()));
        table.insert("weight", value(concept.weight));
        if !concept.aliases.is_empty() {
            table.insert("aliases", value(concept.aliases.iter().collect::<Array>()));
        }
        let comment = if at == 0 {
            format!(
                "\n# Proposed by {}, and not yet read by a person.\n",
                proposal.by
            )
        } else {
            "\n".to_owned()
        };
        table.decor_mut().set_prefix(comment);
        tables.push(table);
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::Bank;

    fn proposals() -> Vec<Proposal> {
        let concept = |text: &str, aliases: &[&str]| Concept {
            id: "c1".into(),
            text: text.into(),
            weight: 2.0,
            aliases: aliases.iter().map(ToString::to_string).collect(),
            required: false,
        };
        vec![Proposal {
            question_id: "orm".into(),
            concepts: vec![
                concept("rows are \"lazy\"", &["on demand"]),
                concept("filters can be chained", &[]),
            ],
            by: "stub-2026 with concepts@0123456789ab".into(),
        }]
    }

    #[test]
    fn concepts_are_added_and_the_rest_stays_as_it_was_written() {
        let text = "id = 'x'   # mine\ntitle = 'X'\n\n[[questions]]\nid = 'orm'\nquestion = 'Q'\n\
                    reference_answer = 'R'   # checked\n\n[[questions]]\nid = 'next'\nquestion = 'P'\n\
                    reference_answer = 'S'\n";
        let proposed = propose(text, &proposals());
        let bank = Bank::parse(&proposed, "x.toml").unwrap();
        let told = |id: &str| bank.question(id).unwrap().task().concepts.clone();
        let ids: Vec<_> = told("orm").iter().map(|one| one.id.clone()).collect();
        assert_eq!(ids, ["rows-lazy", "filters-chained"]);
        assert!(told("next").is_empty());
        assert_eq!(told("orm")[0].aliases, ["on demand"]);
        for line in text.lines() {
            assert!(proposed.contains(line), "{line} is gone:\n{proposed}");
        }
        let comment =
            "# Proposed by stub-2026 with concepts@0123456789ab, and not yet read by a person.";
        assert_eq!(proposed.matches(comment).count(), 1, "{proposed}");
        // Who has concepts already keeps them.
        assert_eq!(propose(&proposed, &proposals()), proposed);
    }

    #[test]
    fn questions_on_one_line_get_theirs_too() {
        let text = "id = 'x'\ntitle = 'X'\nquestions = [{ id = 'orm', question = 'Q', reference_answer = 'R' }]\n";
        let proposed = propose(text, &proposals());
        let bank = Bank::parse(&proposed, "x.toml").unwrap();
        assert_eq!(bank.questions[0].task().concepts.len(), 2, "{proposed}");
    }
}
