//! What a viewer typed, copied to the stack in one call: a `String` would take two calls and an allocation.

use kissbot_games::normalise::QUERY_BYTES_MAX;
use napi::bindgen_prelude::{Error, FromNapiValue, Result, Status, TypeName, ValidateNapiValue, ValueType};
use napi::sys;

/// With the closing zero that Node-API writes.
const BUFFER_BYTES: usize = QUERY_BYTES_MAX + 1;

pub struct TypedText {
    bytes: [u8; BUFFER_BYTES],
    length: usize,
}

impl Default for TypedText {
    fn default() -> Self {
        Self { bytes: [0; BUFFER_BYTES], length: 0 }
    }
}

impl TypedText {
    /// False for what is no text. One is filled again and again: neither cleared nor moved.
    pub fn fill(&mut self, env: sys::napi_env, value: sys::napi_value) -> bool {
        self.length = 0;
        // SAFETY: `env` and `value` are alive as long as the call they came with; the buffer has the stated size.
        let status = unsafe {
            sys::napi_get_value_string_utf8(env, value, self.bytes.as_mut_ptr().cast(), BUFFER_BYTES, &mut self.length)
        };
        status == sys::Status::napi_ok
    }

    /// Node-API cuts between characters, so this is the whole text or its beginning.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.bytes.get(..self.length).unwrap_or_default()).unwrap_or_default()
    }
}

impl TypeName for TypedText {
    fn type_name() -> &'static str {
        "String"
    }

    fn value_type() -> ValueType {
        ValueType::String
    }
}

impl ValidateNapiValue for TypedText {}

impl FromNapiValue for TypedText {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        let mut text = Self::default();
        if text.fill(env, value) { Ok(text) } else { Err(Error::new(Status::StringExpected, "the query is no text")) }
    }
}
