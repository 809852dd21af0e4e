// SPDX-License-Identifier: GPL-2.0
//! The attributes that make a function a program.

use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use crate::error::{self, Error, Result};

/// What an attribute takes between its parentheses.
pub struct Options {
    /// `function = "…"`, what follows the slash in the program's section.
    function: bool,
    /// One of these words, which makes it attribute `attribute_word` of crate `rex`.
    words: &'static [&'static str],
}

impl Options {
    pub const NONE: Self = Self::words(&[]);
    pub const FUNCTION: Self = Self {
        function: true,
        words: &[],
    };

    pub const fn words(words: &'static [&'static str]) -> Self {
        Self {
            function: false,
            words,
        }
    }
}

pub fn expand(
    attribute: &str,
    options: Options,
    args: TokenStream,
    item: TokenStream,
) -> Result<TokenStream> {
    let word = word(&options, args.clone());
    let target = match word {
        Some(_) => None,
        None => target(attribute, &options, args)?,
    };
    let function = Function::parse(attribute, item.clone())?;
    let name = function.name.to_string();
    let name = name.trim_start_matches("r#");
    error::check_name(name, function.name.span())?;

    let kind = word.map_or_else(
        || attribute.to_owned(),
        |word| format!("{attribute}_{word}"),
    );
    let mut call = TokenStream::from_iter([
        TokenTree::from(Ident::new(&kind, Span::call_site())),
        // In a group of its own, so that the macro sees one type.
        Group::new(Delimiter::Parenthesis, function.program).into(),
        function.name.into(),
        Literal::string(name).into(),
        // What makes a second program of this name an error, and what a backtrace shows.
        Literal::string(&format!("{name}.entry")).into(),
    ]);
    call.extend(target);
    let mut tokens = item;
    tokens.extend(call_of_rex("__rex_program", call));
    Ok(tokens)
}

/// `::rex::name! { tokens }`
pub fn call_of_rex(name: &str, tokens: TokenStream) -> TokenStream {
    let word = |word| TokenTree::from(Ident::new(word, Span::call_site()));
    let punct = |c, spacing| TokenTree::from(Punct::new(c, spacing));
    TokenStream::from_iter([
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        word("rex"),
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        word(name),
        punct('!', Spacing::Alone),
        Group::new(Delimiter::Brace, tokens).into(),
    ])
}

/// The word that is all of the arguments.
fn word(options: &Options, args: TokenStream) -> Option<&'static str> {
    let text = args.to_string();
    options.words.iter().copied().find(|word| *word == text)
}

/// The literal in `function = "…"`.
fn target(attribute: &str, options: &Options, args: TokenStream) -> Result<Option<TokenTree>> {
    let mut args = args.into_iter();
    let Some(first) = args.next() else {
        return Ok(None);
    };
    let span = first.span();
    if !options.function {
        return Err(Error::new(span, no_such_argument(attribute, options.words)));
    }
    let usage = || {
        Error::new(
            span,
            format!("expected `#[{attribute}(function = \"name\")]`"),
        )
    };

    match (first, args.next(), args.next(), args.next()) {
        (
            TokenTree::Ident(key),
            Some(TokenTree::Punct(eq)),
            Some(TokenTree::Literal(value)),
            None,
        ) if key.to_string() == "function" && eq.as_char() == '=' => {
            let text = value.to_string();
            let plain = text.len() > 2
                && text.starts_with('"')
                && text.ends_with('"')
                && !text.contains('\\');
            if plain {
                Ok(Some(value.into()))
            } else {
                Err(usage())
            }
        }
        _ => Err(usage()),
    }
}

fn no_such_argument(attribute: &str, words: &[&str]) -> String {
    if words.is_empty() {
        return format!("#[{attribute}] takes no arguments");
    }
    let usages: Vec<_> = words
        .iter()
        .map(|word| format!("`#[{attribute}({word})]`"))
        .collect();
    format!("expected `#[{attribute}]` or {}", usages.join(" or "))
}

/// What the attributes need to know of a function; rustc checks the rest.
struct Function {
    name: Ident,
    /// The type behind the reference that is the first parameter.
    program: TokenStream,
}

impl Function {
    fn parse(attribute: &str, item: TokenStream) -> Result<Self> {
        let mut tokens = item.into_iter().peekable();
        let shape = "`fn name(obj: &program, ctx: &context) -> Result`";
        let ends = |what: &str| {
            Error::new(
                Span::call_site(),
                format!("#[{attribute}] goes on a function: {shape}: {what}"),
            )
        };

        loop {
            match tokens.next() {
                Some(TokenTree::Ident(word)) => match word.to_string().as_str() {
                    "fn" => break,
                    "pub" | "const" => {}
                    qualifier @ ("async" | "unsafe" | "extern" | "safe") => {
                        return Err(Error::new(
                            word.span(),
                            format!(
                                "a program can't be `{qualifier}`: #[{attribute}] makes the entry that the kernel calls, {shape} is all that is needed"
                            ),
                        ));
                    }
                    _ => {
                        return Err(Error::new(
                            word.span(),
                            format!("#[{attribute}] goes on a function: {shape}"),
                        ));
                    }
                },
                // Attributes, and the parentheses of `pub(crate)`.
                Some(TokenTree::Punct(_) | TokenTree::Group(_)) => {}
                Some(other) => {
                    return Err(Error::new(
                        other.span(),
                        format!("#[{attribute}] goes on a function: {shape}"),
                    ));
                }
                None => return Err(ends("there is none")),
            }
        }

        let Some(TokenTree::Ident(name)) = tokens.next() else {
            return Err(ends("it has no name"));
        };

        let mut params = None;
        let mut returns = false;
        let mut previous = ' ';
        let mut depth = 0;
        while let Some(token) = tokens.next() {
            match &token {
                TokenTree::Punct(punct) => {
                    match punct.as_char() {
                        '<' => depth += 1,
                        '>' if previous == '-' => returns |= depth == 0,
                        '>' => depth -= 1,
                        _ => {}
                    }
                    // Generic parameters come before the others.
                    let starts = matches!(previous, '<' | ',') && depth == 1 && params.is_none();
                    if starts && !matches!(punct.as_char(), '\'' | '>') {
                        return Err(generic(attribute, punct.span()));
                    }
                    previous = punct.as_char();
                    continue;
                }
                TokenTree::Ident(word)
                    if matches!(previous, '<' | ',') && depth == 1 && params.is_none() =>
                {
                    return Err(generic(attribute, word.span()));
                }
                TokenTree::Group(group)
                    if group.delimiter() == Delimiter::Parenthesis
                        && depth == 0
                        && params.is_none() =>
                {
                    params = Some(group.clone());
                }
                _ => {}
            }
            previous = ' ';
        }

        let params = params.ok_or_else(|| ends("it has no parameters"))?;
        let program = program_type(attribute, &params)?;
        if !returns {
            return Err(Error::new(
                params.span_close(),
                format!("a #[{attribute}] function returns `rex::Result`, its verdict"),
            ));
        }
        Ok(Self { name, program })
    }
}

fn generic(attribute: &str, span: Span) -> Error {
    Error::new(
        span,
        format!(
            "a #[{attribute}] function can't be generic: a program is one function for the kernel"
        ),
    )
}

/// `T` of the first parameter, `name: &T`.
fn program_type(attribute: &str, params: &Group) -> Result<TokenStream> {
    let parts = split_at_commas(params.stream());
    let [first, _] = parts.as_slice() else {
        return Err(Error::new(
            params.span(),
            format!(
                "a #[{attribute}] function takes 2 parameters, the program object and the context: this one has {}",
                parts.len()
            ),
        ));
    };

    let span = first.first().map_or_else(|| params.span(), TokenTree::span);
    let wrong = || {
        Error::new(
            span,
            format!(
                "the first parameter of a #[{attribute}] function is the program object by reference, `obj: &program`"
            ),
        )
    };

    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    let colon = (1..first.len())
        .find(|&i| {
            is_colon(first.get(i)) && !is_colon(first.get(i - 1)) && !is_colon(first.get(i + 1))
        })
        .ok_or_else(wrong)?;
    let mut ty = first[colon + 1..].iter().cloned().peekable();
    if !matches!(ty.next(), Some(TokenTree::Punct(p)) if p.as_char() == '&') {
        return Err(wrong());
    }
    if ty
        .next_if(|token| matches!(token, TokenTree::Punct(p) if p.as_char() == '\''))
        .is_some()
    {
        ty.next();
    }
    match ty.peek() {
        None => Err(wrong()),
        Some(TokenTree::Ident(word)) if word.to_string() == "mut" => Err(wrong()),
        Some(_) => Ok(ty.collect()),
    }
}

/// Parameters, without the empty one after a last comma.
fn split_at_commas(params: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    let mut depth = 0;
    let mut previous = ' ';
    for token in params {
        let punct = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        match punct {
            '<' => depth += 1,
            '>' if previous != '-' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(Vec::new());
                previous = ' ';
                continue;
            }
            _ => {}
        }
        previous = punct;
        parts.last_mut().expect("never empty").push(token);
    }
    parts.retain(|part| !part.is_empty());
    parts
}
