//! The program `answer-grader`; everything it does is in the library's room `cli`.

fn main() -> std::process::ExitCode {
    answer_grader::cli::main()
}
