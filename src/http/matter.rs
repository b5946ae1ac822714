use std::sync::{Arc, PoisonError, RwLock};

use crate::bank::Banks;
use crate::grader::Grader;

/// What a service grades with, which may be exchanged while it runs: all of it or nothing.
pub struct Matter(RwLock<Arc<Current>>);

/// What holds now; whoever has begun with it ends with it.
pub struct Current {
    /// Grades.
    pub grader: Grader,
    /// The loaded banks.
    pub banks: Arc<Banks>,
}

impl Matter {
    /// Makes what a service begins with.
    pub fn new(grader: Grader, banks: Banks) -> Self {
        Self(RwLock::new(Arc::new(Current {
            grader,
            banks: Arc::new(banks),
        })))
    }

    /// What holds now.
    pub fn now(&self) -> Arc<Current> {
        // Nothing in it can be left half done.
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Exchanges it.
    pub fn exchange(&self, current: Current) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(current);
    }
}
