//! Shapes that several headers have in common: a macro each, so that the file of such a header says only what
//! is its own.

mod address;
pub(super) mod auth;
pub(super) mod dialog_id;
mod number;
pub(super) mod param_list;
pub(super) mod resource_values;
mod seconds;
mod star;
mod text;
mod token;
pub(super) mod token_list;
mod token_params;
pub(super) mod token_params_list;
mod uri_params;

pub use auth::AuthValue;
pub use resource_values::ResourceValue;
pub use token_params_list::TokenParams;

pub(super) use address::address;
pub(super) use auth::auth;
pub(super) use dialog_id::dialog_id;
pub(super) use number::number;
pub(super) use param_list::param_list;
pub(super) use resource_values::resource_values;
pub(super) use seconds::seconds;
pub(super) use star::star;
pub(super) use text::text;
pub(super) use token::token;
pub(super) use token_list::token_list;
pub(super) use token_params::token_params;
pub(super) use token_params_list::token_params_list;
pub(super) use uri_params::uri_params;
