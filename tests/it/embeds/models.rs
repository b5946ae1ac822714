//! What becomes of a token's answers where a model is asked and gives no grade.

use std::sync::Arc;

use answer_grader::bank::Banks;
use answer_grader::grade::Fallback;
use answer_grader::http::{Access, Keyring, Matter, Service, router};
use answer_grader::llm::{CallError, Completion, Failure, Model, ModelIdentity, Request, Usage};
use answer_grader::store::{Filter, NewEmbed, NewKey, Scope, Store};
use answer_grader::{Grader, GraderSettings, Prompt};
use axum::Router;
use axum::http::StatusCode;
use rstest::rstest;
use rstest_reuse::apply;

use super::{Page, answer, embed, token_of};
use crate::access::new as new_key;
use crate::records::both;
use crate::support::databases::{Database, Place};
use crate::support::service::service;

/// Refuses each answer, which costs so many tokens, and meanwhile somebody may be erased.
struct Refusing {
    tokens: u64,
    erases: Option<(Store, &'static str)>,
}

impl Model for Refusing {
    fn identity(&self) -> ModelIdentity {
        ModelIdentity {
            provider: "test".into(),
            model: "refusing".into(),
        }
    }

    fn complete<'a>(&'a self, _: &'a Request) -> Completion<'a> {
        Box::pin(async move {
            if let Some((store, subject)) = &self.erases {
                store.erase_subject(subject).await.unwrap();
            }
            Err(CallError {
                failure: Failure::Refused,
                attempts: 1,
                usage: Usage {
                    input: self.tokens,
                    ..Usage::default()
                },
            })
        })
    }
}

fn asking(model: Refusing, store: &Store) -> Router {
    let prompt = Arc::new(Prompt::built_in().unwrap());
    let grader = Grader::new(GraderSettings::default(), Arc::new(model), prompt, None);
    router(Arc::new(Service {
        matter: Arc::new(Matter::new(grader, Banks::built_in().unwrap())),
        access: Access::new(Some(Keyring::new(store.clone()))),
        store: Some(store.clone()),
        ..service()
    }))
}

#[rstest]
#[case::that_was_paid(900, 0)]
#[case::that_cost_nothing(0, 1)]
#[tokio::test]
async fn an_answer_is_given_back_unless_a_model_was_paid(#[case] tokens: u64, #[case] left: i64) {
    let place = Place::new(Database::Sqlite).await;
    let store = place.open().await;
    let key = NewKey {
        fallback: Some(Fallback::Error),
        ..new_key(&[Scope::Grade])
    };
    let key = store.create_key(&key).await.unwrap();
    let new = NewEmbed {
        api_key: Some(key[4..16].to_owned()),
        ..embed(1)
    };
    let token = token_of(&store, &new).await;
    let erases = None;
    let router = asking(Refusing { tokens, erases }, &store);
    assert_eq!(Page::of(&router, &token).refusal(answer()).await, "refused");
    let embed = store.embed(&token).await.unwrap().unwrap();
    assert_eq!(embed.grades_left, left);
}

#[apply(both)]
async fn who_is_erased_while_an_answer_is_graded_is_gone_with_it(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let new = NewEmbed {
        subject: Some("ana".to_owned()),
        ..embed(5)
    };
    let token = token_of(&store, &new).await;
    let erases = Some((store.clone(), "ana"));
    let router = asking(Refusing { tokens: 9, erases }, &store);
    let refused = Page::of(&router, &token).refusal(answer()).await;
    assert_eq!(refused, "embed_token_needed");
    let kept = store.grades(&Filter::default(), 10).await.unwrap();
    assert_eq!(kept.grades.len(), 1);
    let grade = store.grade(&kept.grades[0].id).await.unwrap();
    assert!(grade.is_none_or(|grade| grade.request.is_none()));

    // Where nobody is erased it is graded by keywords, and kept.
    let token = token_of(&store, &new).await;
    let erases = None;
    let router = asking(Refusing { tokens: 9, erases }, &store);
    let graded = Page::of(&router, &token).grade(answer()).await;
    assert_eq!(graded.status, StatusCode::OK, "{}", graded.text);
}
