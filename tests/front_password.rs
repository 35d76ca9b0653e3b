//! Passwords and verifiers: what fits, what does not, and that nothing shows a password.

use ringchat::chat::command::VERIFIER_BYTES_MAX;
use ringchat::front::password::{CHARS_MIN, PasswordError, matches, verifier};
use ringchat::front::secret::Secret;
use tokio::runtime;

fn now<T>(work: impl Future<Output = T>) -> T {
    runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

#[test]
fn f41_a_password_meets_its_own_verifier_and_no_other() {
    now(async {
        let one = verifier(secret("correct horse")).await.unwrap();
        assert!(one.len() <= VERIFIER_BYTES_MAX);
        assert_eq!(matches(secret("correct horse"), one.clone()).await, Ok(true));
        assert_eq!(matches(secret("correct horse "), one.clone()).await, Ok(false));
        assert_eq!(matches(secret(""), one.clone()).await, Ok(false));
        let other = verifier(secret("correct horse")).await.unwrap();
        assert_ne!(one, other, "each has a salt of its own");
    });
}

#[test]
fn passwords_that_are_too_short_or_too_long_are_refused() {
    now(async {
        for found in [0, CHARS_MIN - 1, 1_025] {
            let error = verifier(secret(&"ü".repeat(found))).await.unwrap_err();
            assert_eq!(error, PasswordError::Length { found });
        }
    });
}

#[test]
fn verifiers_that_are_none_or_would_cost_too_much_are_an_error() {
    now(async {
        let good = verifier(secret("correct horse")).await.unwrap();
        let mut greedy = good.clone();
        greedy[3] = 0xff;
        let mut newer = good.clone();
        newer[0] = 2;
        for wrong in [Vec::new(), vec![1; 5], good[..29].to_vec(), greedy, newer] {
            let found = matches(secret("correct horse"), wrong.clone()).await;
            assert!(matches!(found, Err(PasswordError::Unknown) | Ok(false)), "{wrong:?}");
        }
        let mut changed = good;
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(matches(secret("correct horse"), changed).await, Ok(false));
    });
}

#[test]
fn nothing_prints_a_password() {
    assert_eq!(format!("{:?}", secret("correct horse")), "a password");
}
