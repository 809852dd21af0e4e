// SPDX-License-Identifier: GPL-2.0
//! `#[rex_tracepoint_context]`

use std::fmt::Write;
use std::path::PathBuf;
use std::{env, fs};

use proc_macro::{Literal, Span, TokenStream, TokenTree};

use crate::error::{Error, Result};

/// The kernel's part of a record, which programs don't see.
const HIDDEN: usize = 8;

pub fn expand(args: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let (name, span) = tracepoint(args)?;
    check_item(item.clone())?;
    let (table, record) = record(&name, span)?;

    let fields = record
        .lines()
        .map(|line| Field::parse(line).ok_or_else(|| damaged(&table, line, span)))
        .collect::<Result<Vec<_>>>()?;
    let size = fields.last().map_or(HIDDEN, Field::end);
    let mut call = item;
    call.extend([
        TokenTree::from(Literal::string(&format!("tracepoint/{name}"))),
        TokenTree::from(Literal::usize_unsuffixed(size)),
        TokenTree::from(Literal::string(&table)),
    ]);
    let tokens: TokenStream = format!("{{ {} }} {{ {} }}", members(&fields), accessors(&fields))
        .parse()
        .map_err(|_| Error::new(span, format!("{table}: not understood: {record}")))?;
    call.extend(tokens);
    Ok(crate::program::call_of_rex(
        "__rex_tracepoint_context",
        call,
    ))
}

/// The text in `"system/name"`.
fn tracepoint(args: TokenStream) -> Result<(String, Span)> {
    let usage = |span| {
        Error::new(
            span,
            "expected a tracepoint: `#[rex_tracepoint_context(\"sched/sched_switch\")]`",
        )
    };
    let mut args = args.into_iter();
    let first = args.next().ok_or_else(|| usage(Span::call_site()))?;
    let span = first.span();
    let text = first.to_string();
    let text = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    match (text, args.next()) {
        (Some(text), None) if text.split('/').count() == 2 => Ok((text.to_owned(), span)),
        _ => Err(usage(span)),
    }
}

/// The item is `struct Name;`: the fields are the kernel's.
fn check_item(item: TokenStream) -> Result<()> {
    let tokens: Vec<_> = item.into_iter().collect();
    let is_struct = matches!(
        tokens.as_slice(),
        [.., TokenTree::Ident(word), TokenTree::Ident(_), TokenTree::Punct(end)]
            if word.to_string() == "struct" && end.as_char() == ';'
    );
    if is_struct {
        return Ok(());
    }
    Err(Error::new(
        tokens.first().map_or_else(Span::call_site, TokenTree::span),
        "#[rex_tracepoint_context] goes on a struct without fields, `struct Name;`: the fields come from the kernel",
    ))
}

/// The path of the table of tracepoints, and the lines that it has for one.
fn record(name: &str, span: Span) -> Result<(String, String)> {
    let mut found: Option<(String, String)> = None;
    for kernel in kernels() {
        let path = kernel.join("rex-tracepoints");
        let shown = path.display().to_string();
        let table = fs::read_to_string(&path).map_err(|error| {
            Error::new(
                span,
                format!("{shown}: {error}: run 'make kernel' at the top, which makes it"),
            )
        })?;
        let record = lines(&table, name).ok_or_else(|| unknown(&table, &shown, name, span))?;
        match &found {
            Some((other, first)) if *first != record => {
                return Err(Error::new(
                    span,
                    format!(
                        "the tracepoint `{name}` has one record in {other} and another in {shown}: build for one of them"
                    ),
                ));
            }
            _ => found = Some((shown, record)),
        }
    }
    found.ok_or_else(|| Error::new(span, "REX_KERNEL_BUILD names no kernel"))
}

/// Where the kernels are that the extension is built for, as the crate's build script has it.
fn kernels() -> Vec<PathBuf> {
    match env::var("REX_KERNEL_BUILD") {
        Ok(list) => list.split(':').map(PathBuf::from).collect(),
        Err(_) => vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../build/kernel")],
    }
}

/// The lines under a name, which start with a tab.
fn lines(table: &str, name: &str) -> Option<String> {
    let mut lines = table.lines().skip_while(|line| *line != name);
    lines.next()?;
    let fields: Vec<_> = lines.map_while(|line| line.strip_prefix('\t')).collect();
    Some(fields.join("\n"))
}

fn unknown(table: &str, path: &str, name: &str, span: Span) -> Error {
    let (_, event) = name.rsplit_once('/').unwrap_or(("", name));
    let names = table.lines().filter(|line| !line.starts_with('\t'));
    let similar: Vec<_> = names
        .filter(|line| line.ends_with(event) || line.contains(event))
        .take(3)
        .collect();
    let hint = if similar.is_empty() {
        String::new()
    } else {
        format!("did you mean {}? ", similar.join(", "))
    };
    Error::new(
        span,
        format!(
            "the kernel has no tracepoint `{name}`: {hint}{path} lists those it has; those of modules can't be used"
        ),
    )
}

fn damaged(table: &str, line: &str, span: Span) -> Error {
    Error::new(
        span,
        format!("{table}: not understood: {line}: run 'make kernel' at the top"),
    )
}

/// A line of the table.
struct Field<'a> {
    offset: usize,
    kind: Kind<'a>,
    name: &'a str,
    c_type: &'a str,
}

enum Kind<'a> {
    /// In the record: its type and size.
    Fixed(&'a str, usize),
    /// Behind the record: the type of its elements, and whether its place counts from the
    /// field's end.
    Dynamic(&'a str, bool),
}

impl<'a> Field<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut parts = line.split('\t');
        let (offset, kind) = (parts.next()?.parse().ok()?, parts.next()?);
        let kind = match (kind.strip_prefix("&rel "), kind.strip_prefix('&')) {
            (Some(element), _) => Kind::Dynamic(element, true),
            (None, Some(element)) => Kind::Dynamic(element, false),
            (None, None) => Kind::Fixed(kind, size_of_type(kind)?),
        };
        Some(Self {
            offset,
            kind,
            name: parts.next()?,
            c_type: parts.next()?,
        })
    }

    fn end(&self) -> usize {
        self.offset
            + match self.kind {
                Kind::Fixed(_, size) => size,
                Kind::Dynamic(..) => 4,
            }
    }

    /// The name as an identifier of Rust.
    fn identifier(&self) -> String {
        match self.name {
            "self" | "super" | "crate" | "Self" => format!("{}_", self.name),
            name => format!("r#{name}"),
        }
    }
}

/// The size of `u32` or `[u8; 16]`.
fn size_of_type(ty: &str) -> Option<usize> {
    if let Some(array) = ty.strip_prefix('[') {
        let (element, len) = array.strip_suffix(']')?.split_once("; ")?;
        return Some(size_of_type(element)? * len.parse::<usize>().ok()?);
    }
    Some(ty.get(1..)?.parse::<usize>().ok()? / 8)
}

/// The struct's fields, with what lies between them.
fn members(fields: &[Field<'_>]) -> String {
    let (mut code, mut at) = (String::new(), HIDDEN);
    for field in fields {
        if field.offset > at {
            let _ = write!(code, "_pad_{at}: [u8; {}] = {at}, ", field.offset - at);
        }
        let offset = field.offset;
        let _ = match field.kind {
            Kind::Fixed(ty, _) => write!(
                code,
                "#[doc = {:?}] pub {}: {ty} = {offset}, ",
                format!("`{}`", field.c_type),
                field.identifier()
            ),
            Kind::Dynamic(..) => write!(code, "_loc_{}: u32 = {offset}, ", field.name),
        };
        at = field.end();
    }
    code
}

/// A method for each array behind the record.
fn accessors(fields: &[Field<'_>]) -> String {
    let mut code = String::new();
    for field in fields {
        let Kind::Dynamic(element, relative) = field.kind else {
            continue;
        };
        let base = if relative { field.end() } else { 0 };
        let (how, element) = match element {
            "str" => ("string", "u8"),
            element => ("array", element.trim_matches(['[', ']'])),
        };
        let _ = write!(
            code,
            "#[doc = {:?}] {}: {how} {element} = _loc_{} + {base}, ",
            format!("`{}`: copied into `buf`, as far as it fits.", field.c_type),
            field.identifier(),
            field.name
        );
    }
    code
}
