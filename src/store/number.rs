use sqlx::any::{Any, AnyTypeInfo};
use sqlx::database::Database;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Encode, Type};

/// A number that may be missing, as a value of a statement; `Option<f64>` must not be bound itself.
///
/// sqlx 0.9's `Any` calls a missing `f64` a `real` and a missing `f32` a `double precision`. PostgreSQL
/// prepares a statement for the types of its first values, so whatever connection met a missing `f64`
/// first would refuse each `f64` that follows.
pub(super) struct Number(pub(super) Option<f64>);

impl Type<Any> for Number {
    fn type_info() -> AnyTypeInfo {
        <f64 as Type<Any>>::type_info()
    }
}

impl Encode<'_, Any> for Number {
    fn encode_by_ref(
        &self,
        buffer: &mut <Any as Database>::ArgumentBuffer,
    ) -> Result<IsNull, BoxDynError> {
        match self.0 {
            Some(number) => Encode::<Any>::encode_by_ref(&number, buffer),
            None => Encode::<Any>::encode(None::<f32>, buffer),
        }
    }
}
