//! A machine that was too busy is a verdict of its own: it neither excuses a broken guarantee nor is it green.

use ringchat_sim::outcome::Verdict;
use ringchat_sim::processes::Pace;

#[test]
fn on_a_busy_machine_only_a_step_without_effect_becomes_no_verdict() {
    let why = || vec!["S2".to_owned()];
    assert_eq!(
        Verdict::NoEffect("nobody leads".to_owned()).on_a_busy_machine(),
        Verdict::TooBusy(vec!["nobody leads".to_owned()])
    );
    for verdict in [Verdict::Held, Verdict::Broken(why()), Verdict::NotSettled(why())] {
        assert_eq!(verdict.clone().on_a_busy_machine(), verdict);
    }
}

#[test]
fn what_was_not_judged_has_an_exit_code_of_its_own_and_says_so() {
    let verdict = Verdict::TooBusy(vec!["expected 3 members".to_owned()]);
    assert_eq!(verdict.exit_code(), 4);
    let words = verdict.to_string();
    assert!(words.contains("nothing judged") && words.contains("expected 3 members"), "{words}");
}

#[test]
fn paces_double_up_to_an_end() {
    let paces: Vec<String> = std::iter::successors(Some(Pace::default()), |pace| pace.slower())
        .map(|pace| pace.to_string())
        .collect();
    assert_eq!(paces, ["2", "4", "8", "16"]);
    let of_this_machine = Pace::of_this_machine().to_string();
    assert!(paces.contains(&of_this_machine), "{of_this_machine}");
}
