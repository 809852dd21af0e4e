// SPDX-License-Identifier: GPL-2.0
//! Errors that point at the user's source.

use proc_macro::{Span, TokenStream, TokenTree};

/// What is wrong, and where.
pub struct Error {
    span: Span,
    message: String,
}

pub type Result<T> = core::result::Result<T, Error>;

impl Error {
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
        }
    }

    fn compile_error(self) -> TokenStream {
        let tokens: TokenStream = format!("::core::compile_error!({:?});", self.message)
            .parse()
            .expect("a macro call with a string");
        tokens
            .into_iter()
            .map(|token| spanned(token, self.span))
            .collect()
    }
}

fn spanned(mut token: TokenTree, span: Span) -> TokenTree {
    token.set_span(span);
    token
}

/// The expansion, or the item as it was and the error, so that what uses the item
/// does not fail as well.
pub fn or_compile_error(item: TokenStream, expansion: Result<TokenStream>) -> TokenStream {
    expansion.unwrap_or_else(|error| {
        let mut tokens = item;
        tokens.extend(error.compile_error());
        tokens
    })
}

/// Checks that a name fits where the kernel keeps it: 63 bytes of a C identifier.
pub fn check_name(name: &str, span: Span) -> Result<()> {
    const MAX: usize = 63;

    if !name.is_ascii() {
        return Err(Error::new(
            span,
            format!(
                "the name `{name}` is not a C identifier: use letters, digits and `_` of ASCII"
            ),
        ));
    }
    if name.len() > MAX {
        return Err(Error::new(
            span,
            format!(
                "the name `{name}` has {} characters: the kernel keeps {MAX}",
                name.len()
            ),
        ));
    }
    Ok(())
}
