# SPDX-License-Identifier: GPL-2.0
# The tools of scripts/packages by their names in nixpkgs: `nix develop`, then make.
{
  description = "Rex: kernel extensions in safe Rust";

  inputs.nixpkgs.url = "nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      llvm = pkgs.llvmPackages_22;
      # One that has core's source below its sysroot.
      rust = pkgs.symlinkJoin {
        name = "rust-with-source";
        paths = [ pkgs.rustc pkgs.cargo pkgs.rustfmt pkgs.clippy ];
        postBuild = ''
          mkdir -p $out/lib/rustlib/src/rust
          ln -s ${pkgs.rustPlatform.rustLibSrc} $out/lib/rustlib/src/rust/library
        '';
      };
    in
    {
      # Without the wrappers' hardening flags, which kernels don't take.
      devShells.x86_64-linux.default = (pkgs.mkShell.override { stdenv = pkgs.stdenvNoCC; }) {
        packages = with pkgs; [
          # the kernel
          bc bison ccache cpio elfutils flex gcc gnumake kmod openssl pahole perl rsync xz zlib
          # the compiler side
          llvm.clang-unwrapped llvm.clang llvm.lld llvm.llvm llvm.llvm.dev llvm.compiler-rt rust rust-bindgen
          # librex
          cmocka libbpf pkg-config
          # the virtual machine and the tests
          bash bpftools bpftrace gdb iproute2 python3 qemu strace
          # getting the kernel, and checks
          cacert curl git gnupg shellcheck
        ];
        LIBCLANG_PATH = "${llvm.libclang.lib}/lib";
        # scripts/setup has nothing to install here.
        hardeningDisable = [ "all" ];
      };
    };
}
