//! The program `answer-grader`; everything it does is in the library's room `cli`.

/// The service makes and drops some hundred small values for each grade, on all threads at once, which
/// the system's allocator has its threads wait for (`cargo bench --bench service`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    answer_grader::cli::main()
}
