// SPDX-License-Identifier: GPL-2.0
//! `#[rex_map]`

use proc_macro::{Literal, Span, TokenStream, TokenTree};

use crate::error::{self, Error, Result};

pub fn expand(args: TokenStream, item: TokenStream) -> Result<TokenStream> {
    if let Some(token) = args.into_iter().next() {
        return Err(Error::new(token.span(), "#[rex_map] takes no arguments"));
    }

    let name = static_name(item.clone())?;
    let text = name.to_string();
    let text = text.trim_start_matches("r#");
    error::check_name(text, name.span())?;

    let mut call = TokenStream::from_iter([
        TokenTree::from(Literal::string(text)),
        // What makes a second map of this name an error.
        TokenTree::from(Literal::string(&format!("{text}.map"))),
    ]);
    call.extend(item);
    Ok(crate::program::call_of_rex("__rex_map", call))
}

/// The name in `#[…] pub static NAME: …`.
fn static_name(item: TokenStream) -> Result<TokenTree> {
    let misplaced = |span| {
        Error::new(
            span,
            "#[rex_map] goes on a static: `static NAME: RexHashMap<u32, u64> = RexHashMap::new(64, 0);`",
        )
    };

    let mut tokens = item
        .into_iter()
        .skip_while(|token| !matches!(token, TokenTree::Ident(word) if is_item(&word.to_string())));
    match tokens.next() {
        Some(TokenTree::Ident(word)) if word.to_string() == "static" => {}
        other => {
            return Err(misplaced(
                other.map_or_else(Span::call_site, |token| token.span()),
            ));
        }
    }
    match tokens.next() {
        Some(TokenTree::Ident(word)) if word.to_string() == "mut" => Err(Error::new(
            word.span(),
            "a map is not `mut`: its contents change through its methods",
        )),
        Some(name @ TokenTree::Ident(_)) => Ok(name),
        other => Err(misplaced(
            other.map_or_else(Span::call_site, |token| token.span()),
        )),
    }
}

fn is_item(word: &str) -> bool {
    [
        "static", "const", "fn", "struct", "enum", "union", "type", "mod", "use", "trait", "impl",
        "let",
    ]
    .contains(&word)
}
