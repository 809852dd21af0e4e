// SPDX-License-Identifier: GPL-2.0
//! Finds what was made from the kernel: the bindings, and the layout of its structures.
//!
//! `REX_KERNEL_BUILD` is the path of the kernel's build folder, or of several with
//! colons between, for an extension that all of them take. The default is `build/kernel`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

type Result<T> = std::result::Result<T, String>;

fn main() {
    if let Err(message) = run() {
        println!("cargo::error={message}");
    }
}

fn run() -> Result<()> {
    let top = PathBuf::from(var("CARGO_MANIFEST_DIR")?).join("..");

    let out = PathBuf::from(var("OUT_DIR")?);
    copy_bindings(&top.join("build/rex"), &out)?;

    let table = top.join("linux/src/kernel/rex/layout.def");
    watch(&table);
    let table = read_text(&table)?;
    let fields = field_names(&table);
    println!("cargo::rerun-if-env-changed=REX_KERNEL_BUILD");
    let kernels: Vec<PathBuf> = match env::var("REX_KERNEL_BUILD") {
        Ok(list) => list.split(':').map(PathBuf::from).collect(),
        Err(_) => vec![top.join("build/kernel")],
    };
    // Cargo and the linker start in different folders.
    if let Some(path) = kernels.iter().find(|path| !path.is_absolute()) {
        return Err(format!(
            "REX_KERNEL_BUILD: {} is not an absolute path",
            path.display()
        ));
    }
    let layouts: Vec<_> = kernels
        .iter()
        .map(|kernel| layout(kernel, fields.len()))
        .collect::<Result<_>>()?;
    if let Some(other) = layouts.iter().position(|layout| *layout != layouts[0]) {
        return Err(format!(
            "the kernels in {} and {} lay their structures out differently: build for one of them",
            kernels[0].display(),
            kernels[other].display()
        ));
    }

    let code = generate(&fields, &layouts[0]);
    let file = out.join("kernel_layout.rs");
    fs::write(&file, code).map_err(|error| format!("{}: {error}", file.display()))
}

/// Copies the bindings to where editors find them too: rust-analyzer reads no file that
/// is neither a package's nor its build script's.
fn copy_bindings(from: &Path, to: &Path) -> Result<()> {
    let ready = from.join("ready");
    watch(&ready);
    if !ready.exists() {
        return Err(
            "the bindings in build/rex are not made: run 'make -C rex' (or 'make') at the top"
                .into(),
        );
    }
    let failed = |error| format!("{}: {error}", from.display());
    for entry in fs::read_dir(from).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if let (Some("rs"), Some(name)) = (
            path.extension().and_then(|end| end.to_str()),
            path.file_name(),
        ) {
            fs::copy(&path, to.join(name)).map_err(failed)?;
        }
    }
    Ok(())
}

/// `("task_struct", "pid")` for each `REX_LAYOUT(struct task_struct, pid)`, and
/// `("bpf_array", "value")` where it is `value[0]`.
fn field_names(table: &str) -> Vec<(&str, &str)> {
    let calls = table
        .lines()
        .filter_map(|line| line.strip_prefix("REX_LAYOUT(struct ")?.split_once(')'));
    calls
        .filter_map(|(arguments, _)| arguments.split_once(", "))
        .map(|(name, field)| (name, field.trim_end_matches("[0]")))
        .collect()
}

/// Offset and size of each field, from the section that the kernel's layout.c makes.
fn layout(kernel: &Path, fields: usize) -> Result<Vec<(u32, u32)>> {
    let file = kernel.join("kernel/rex/layout.o");
    watch(&file);
    let object = fs::read(&file).map_err(|_| {
        format!(
            "no kernel to build for: {} is missing: run 'make kernel' at the top, or name the folder of a built one: \
             REX_KERNEL_BUILD=folder",
            file.display()
        )
    })?;
    let section = section(&object, ".rodata.rex_layout").ok_or_else(|| {
        format!(
            "{}: no ELF object with a section .rodata.rex_layout",
            file.display()
        )
    })?;
    let words: Vec<u32> = section
        .chunks_exact(4)
        .map(|word| u32::from_le_bytes(word.try_into().unwrap()))
        .collect();
    if words.len() != 2 * fields {
        return Err(format!(
            "{}: {} words for the {fields} fields in layout.def: run 'make kernel' at the top",
            file.display(),
            words.len()
        ));
    }
    Ok(words
        .chunks_exact(2)
        .map(|pair| (pair[0], pair[1]))
        .collect())
}

/// The bytes of a section of a 64-bit little-endian ELF file.
fn section<'a>(elf: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let bytes = |at: u64, len: u64| elf.get(at as usize..at.checked_add(len)? as usize);
    let number = |at: u64, len: u64| {
        Some(
            bytes(at, len)?
                .iter()
                .rev()
                .fold(0, |n, byte| n << 8 | u64::from(*byte)),
        )
    };

    if bytes(0, 6)? != b"\x7fELF\x02\x01" {
        return None;
    }
    // Elf64_Ehdr: e_shoff, e_shentsize, e_shnum, e_shstrndx
    let (table, size, count, names) = (
        number(40, 8)?,
        number(58, 2)?,
        number(60, 2)?,
        number(62, 2)?,
    );
    let header = |index| table + index * size;
    // Elf64_Shdr: sh_name, sh_offset, sh_size
    let content = |index| {
        bytes(
            number(header(index) + 24, 8)?,
            number(header(index) + 32, 8)?,
        )
    };
    let names = content(names)?;
    let named = |index| {
        let rest = names.get(number(header(index), 4)? as usize..)?;
        Some(rest.split(|byte| *byte == 0).next()? == name.as_bytes())
    };
    (0..count)
        .find(|index| named(*index) == Some(true))
        .and_then(content)
}

/// A module for each structure, a constant for each field.
fn generate(names: &[(&str, &str)], layout: &[(u32, u32)]) -> String {
    let mut structs: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
    structs.sort_unstable();
    structs.dedup();

    let mut code = String::new();
    for name in structs {
        let _ = writeln!(
            code,
            "#[allow(dead_code, non_upper_case_globals)]\npub mod {name} {{\n    use super::Field;"
        );
        for ((_, field), (offset, size)) in
            names.iter().zip(layout).filter(|((of, _), _)| *of == name)
        {
            let _ = writeln!(
                code,
                "    pub const r#{field}: Field = Field {{ offset: {offset}, size: {size} }};"
            );
        }
        code.push_str("}\n");
    }
    code
}

fn watch(file: &Path) {
    println!("cargo::rerun-if-changed={}", file.display());
}

fn read_text(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn var(name: &str) -> Result<String> {
    env::var(name).map_err(|error| format!("{name}: {error}: cargo sets it"))
}
