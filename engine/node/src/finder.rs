//! `find` as a bare function of Node-API: called for every look-up, and a method made by macros takes longer to be
//! called than most look-ups take.

use std::cell::RefCell;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::rc::Rc;

use napi::bindgen_prelude::{Env, Result, ToNapiValue, TypeName, ValueType};
use napi::{check_status, sys};

use crate::Opened;

type Shared = Rc<RefCell<Opened>>;

/// A function of JavaScript.
pub struct Finder(sys::napi_value);

impl Finder {
    pub(crate) fn make(env: &Env, shared: Shared) -> Result<Self> {
        let data = Box::into_raw(Box::new(shared)).cast::<c_void>();
        let mut function = ptr::null_mut();
        // SAFETY: `env` is alive during this call; `data` is given back by `drop_shared`, when the function is collected,
        // and by nobody else.
        unsafe {
            let status = sys::napi_create_function(env.raw(), ptr::null(), 0, Some(find), data, &mut function);
            if status != sys::Status::napi_ok {
                drop(Box::from_raw(data.cast::<Shared>()));
            }
            check_status!(status, "the function could not be made")?;
            let status =
                sys::napi_add_finalizer(env.raw(), function, data, Some(drop_shared), ptr::null_mut(), ptr::null_mut());
            check_status!(status, "the function could not be watched")?;
        }
        Ok(Self(function))
    }
}

impl TypeName for Finder {
    fn type_name() -> &'static str {
        "Function"
    }

    fn value_type() -> ValueType {
        ValueType::Function
    }
}

impl ToNapiValue for Finder {
    unsafe fn to_napi_value(_: sys::napi_env, finder: Self) -> Result<sys::napi_value> {
        Ok(finder.0)
    }
}

extern "C" fn drop_shared(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
    // SAFETY: the pointer that `make` let go of; Node calls a finaliser once.
    drop(unsafe { Box::from_raw(data.cast::<Shared>()) });
}

/// Null for nothing found, for what is no text, and after a failure of our own: no panic reaches JavaScript.
extern "C" fn find(env: sys::napi_env, call: sys::napi_callback_info) -> sys::napi_value {
    catch_unwind(AssertUnwindSafe(|| {
        let mut argument = ptr::null_mut();
        let mut count = 1;
        let mut data = ptr::null_mut();
        // SAFETY: `env` and `call` are those of the running call; there is room for the one argument asked for.
        unsafe {
            sys::napi_get_cb_info(env, call, &mut count, &mut argument, ptr::null_mut(), &mut data);
        }
        // SAFETY: `data` is the box of `make`; the function that holds it is being called, so it has not been collected.
        let shared = unsafe { &*data.cast::<Shared>() };
        answer(env, shared, argument)
    }))
    .unwrap_or(ptr::null_mut())
}

fn answer(env: sys::napi_env, shared: &Shared, argument: sys::napi_value) -> sys::napi_value {
    let opened = &mut *shared.borrow_mut();
    if !opened.typed.fill(env, argument) {
        return ptr::null_mut();
    }
    let query = opened.typed.as_str();
    let Some(found) = opened.library.search(query, 1).first().copied() else { return ptr::null_mut() };
    opened.write(0, &found);
    let title = opened.library.title_of(&found);
    let mut text = ptr::null_mut();
    let (start, length) = (title.as_ptr().cast(), title.len() as isize);
    // SAFETY: the title is borrowed until the call is over, and Node copies it.
    unsafe {
        if title.is_ascii() {
            sys::napi_create_string_latin1(env, start, length, &mut text);
        } else {
            sys::napi_create_string_utf8(env, start, length, &mut text);
        }
    }
    text
}
