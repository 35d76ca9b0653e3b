//! `node evaluate`: lines through real rings, with nothing lost, and a report with table, plots and numbers.
//! Nothing is asserted of times: a test runs on whatever machine it runs on.

mod node;

use std::time::Duration;

use node::{errors_of, folder, run_to_end};
use ringchat::front::evaluate::figures::Spread;

#[test]
fn f70_a_quick_evaluation_loses_nothing_and_writes_table_plots_and_raw_numbers() {
    let folder = folder();
    let output = run_to_end(folder.path(), &["evaluate", "--quick", "--out", "here"]);
    let errors = errors_of(&output);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    let table = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Vec<&str>> =
        table.lines().skip(2).map(|row| row.split('|').map(str::trim).collect()).collect();
    let cases: Vec<&[&str]> = rows.iter().map(|row| &row[1..5]).collect();
    let expected = [
        ["3", "few", "64", "12"],
        ["3", "few", "16384", "6"],
        ["3", "many", "64", "300"],
        ["3", "many", "16384", "60"],
    ];
    assert_eq!(cases, expected, "{table}");
    for row in &rows {
        // Lost, wrong, and whether all were given the same order.
        assert_eq!(row[5..8], ["0", "0", "yes"], "{table}");
    }
    let read = |name: &str| std::fs::read_to_string(folder.path().join("here").join(name)).unwrap();
    let report = read("evaluation.md");
    assert!(report.contains(&table) && report.contains("Machine:"), "{report}");
    for plot in ["latency-few.svg", "latency-many.svg", "throughput.svg"] {
        assert!(report.contains(plot), "{report}");
        let drawn = read(plot);
        assert!(drawn.starts_with("<svg") && drawn.contains("members of the ring"), "{drawn}");
        assert!(drawn.contains("milliseconds") || drawn.contains("lines a second"), "{drawn}");
    }
    let raw = read("raw.csv");
    let (head, lines) = raw.split_once('\n').unwrap();
    assert_eq!(head, "members,load,bytes,line,writer,writer_us,all_us");
    assert_eq!(lines.lines().count(), 12 + 6 + 300 + 60);
    for line in lines.lines() {
        let numbers: Vec<u64> = line.split(',').skip(2).map(|it| it.parse().unwrap()).collect();
        assert!(
            numbers[3] <= numbers[4],
            "the last of all has it no sooner than the writer: {line}"
        );
    }
    let left: Vec<_> = std::fs::read_dir(folder.path().join("here")).unwrap().collect();
    assert_eq!(left.len(), 5, "the members' files are gone: {left:?}");
}

#[test]
fn an_evaluation_that_cannot_be_written_says_where_and_what_to_do() {
    let folder = folder();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let output = run_to_end(folder.path(), &["evaluate", "--quick", "--out", "file/below"]);
    let errors = errors_of(&output);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(
        errors.contains("file/below cannot be written") && errors.contains("--out"),
        "{errors}"
    );
    let output = run_to_end(folder.path(), &["evaluate", "--quik"]);
    assert_eq!(output.status.code(), Some(2), "{}", errors_of(&output));
}

#[test]
fn percentiles_are_of_those_that_were_measured_by_nearest_rank() {
    let ms = Duration::from_millis;
    let spread = |count: u64| Spread::of((1..=count).rev().map(ms));
    for (count, [p50, p90, p99, max]) in [
        (1, [1, 1, 1, 1]),
        (2, [1, 2, 2, 2]),
        (10, [5, 9, 10, 10]),
        (100, [50, 90, 99, 100]),
        (1_000, [500, 900, 990, 1_000]),
    ] {
        let expected = Spread { p50: ms(p50), p90: ms(p90), p99: ms(p99), max: ms(max) };
        assert_eq!(spread(count), expected, "of {count}");
    }
    assert_eq!(Spread::of([]), Spread::default());
}
