use minijinja::{Environment, filters};

use super::folder::{DESCRIPTION, Description, SYSTEM, USER};
use super::{Prompt, PromptError, Sampling};

/// One of `prompts/`, which stands there as it is given here: its description, and its files by name.
struct BuiltIn {
    id: &'static str,
    purpose: &'static str,
    files: [(&'static str, &'static str); 3],
}

const GRADE: BuiltIn = BuiltIn {
    id: "grade",
    purpose: "Judges one answer concept by concept, with a quote before each verdict, then as a whole.",
    files: [
        (DESCRIPTION, include_str!("../../prompts/grade/prompt.toml")),
        (SYSTEM, include_str!("../../prompts/grade/system.md")),
        (USER, include_str!("../../prompts/grade/user.md")),
    ],
};

const CONCEPTS: BuiltIn = BuiltIn {
    id: "concepts",
    purpose: "Takes a reference answer apart into the ideas that every answer to its question is judged by.",
    files: [
        (
            DESCRIPTION,
            include_str!("../../prompts/concepts/prompt.toml"),
        ),
        (SYSTEM, include_str!("../../prompts/concepts/system.md")),
        (USER, include_str!("../../prompts/concepts/user.md")),
    ],
};

impl BuiltIn {
    /// Makes the prompt without a reader of TOML and without the template language's library of filters: a
    /// program that needs no other prompts is then a fifth smaller, which counts where it is downloaded.
    fn prompt(&self) -> Result<Prompt, PromptError> {
        let file = |(name, text): (&str, &str)| (name.to_owned(), text.as_bytes().to_vec());
        let description = Description {
            id: self.id.to_owned(),
            purpose: self.purpose.to_owned(),
            sampling: Sampling {
                temperature: Some(0.0),
                seed: None,
            },
        };
        let mut templates = Environment::empty();
        templates.add_filter("int", filters::int);
        templates.add_filter("join", filters::join);
        Prompt::of(
            &self.files.into_iter().map(file).collect(),
            description,
            templates,
        )
    }
}

impl Prompt {
    /// The grading prompt built into the program.
    ///
    /// # Errors
    /// None in a released build: a test renders the built-in prompt.
    pub fn built_in() -> Result<Self, PromptError> {
        GRADE.prompt()
    }

    /// The prompt built into the program that asks for a reference's concepts.
    ///
    /// # Errors
    /// None in a released build: a test renders the built-in prompt.
    pub fn built_in_concepts() -> Result<Self, PromptError> {
        CONCEPTS.prompt()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_is_built_in_is_what_stands_in_the_folders() {
        for (folder, built_in) in [
            ("prompts/grade", Prompt::built_in().unwrap()),
            ("prompts/concepts", Prompt::built_in_concepts().unwrap()),
        ] {
            let read = Prompt::read(Path::new(folder)).unwrap();
            assert_eq!(built_in.identity(), read.identity());
            assert_eq!(built_in.purpose(), read.purpose());
            assert_eq!(built_in.sampling(), read.sampling());
        }
    }
}
