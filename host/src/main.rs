//! The program `guichet`: everything is in the library.

/// A node makes and drops very many small values on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    guichet::cli::main()
}
