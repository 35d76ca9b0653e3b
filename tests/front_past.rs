//! Tables for what a chat gives to its archive, and for what of the past is at hand in memory.

use ringchat::chat::command::{Action, Command, Kind};
use ringchat::chat::lines::{Line, Revision};
use ringchat::chat::person::{AccountId, GroupId, PersonId};
use ringchat::chat::record::minute;
use ringchat::chat::state::{Chat, HISTORY_LINES_MAX};
use ringchat::front::keep_history::{KeepHistory, keep};
use ringchat::front::past::{Past, at_hand};
use ringchat::proto::archive::{Ask, Stretch};
use ringchat::proto::id::{Index, NodeId};

const ME: NodeId = NodeId(7);

/// A chat with its past.
#[derive(Default)]
struct Both {
    chat: Chat,
    past: Past,
}

impl Both {
    fn say(&mut self, places: std::ops::RangeInclusive<u64>) {
        for place in places.map(Index) {
            let say = Command::Say { minute: place.0, text: format!("line {place}") }.encode();
            let told = self.chat.apply(place, place.0, ME, &say);
            self.past.applied(place, &told);
        }
    }

    fn name(&mut self) {
        let name = ringchat::chat::name::Name::new("ann").unwrap();
        self.apply(1, &Command::Hello { view: 1, present: vec![ME], name });
    }

    fn edit(&mut self, at: u64, place: u64, text: &str) {
        let action = Action::Edit { place: Index(place), text: text.to_owned() };
        self.apply(at, &Command::Act { second: 0, action });
    }

    fn apply(&mut self, at: u64, command: &Command) {
        let told = self.chat.apply(Index(at), at, ME, &command.encode());
        self.past.applied(Index(at), &told);
    }

    /// The lines that the archive gets.
    fn archived(&self, index: u64) -> Vec<(u64, String)> {
        let lines = self.past.clone().fading(Index(index)).lines;
        let read = lines.iter().map(|line| Line::of_record(line.place, &line.bytes.bytes).unwrap());
        read.map(|line| (line.place.0, line.text)).collect()
    }

    /// What the archive gets: the first and last place and how many, what it is complete behind, gaps.
    #[expect(clippy::type_complexity, reason = "a row of a table")]
    fn fading(&self, index: u64) -> (Option<(u64, u64)>, usize, u64, Vec<(u64, u64)>) {
        let faded = self.past.clone().fading(Index(index));
        let ends = faded.lines.first().zip(faded.lines.last());
        let ends = ends.map(|(first, last)| (first.place.0, last.place.0));
        let gaps = faded.gaps.iter().map(|gap| (gap.first.0, gap.last.0)).collect();
        (ends, faded.lines.len(), faded.behind.0, gaps)
    }

    /// What is at hand of these places: the places looked at, and how many lines.
    fn at_hand(&self, first: u64, last: u64) -> Option<(u64, u64, usize)> {
        let stretch = Stretch { first: Index(first), last: Index(last) };
        let ask = Ask { stretch, lines: u32::MAX, bytes: u32::MAX };
        let found = at_hand(Some(&self.past), &self.chat, ask)?;
        let newest_first = found.lines.windows(2).all(|pair| pair[0].place > pair[1].place);
        assert!(newest_first && found.lacking.is_empty());
        Some((found.stretch.first.0, found.stretch.last.0, found.lines.len()))
    }
}

#[test]
fn each_line_goes_to_the_archive_once_and_stays_at_hand_until_it_is_durable_there() {
    let mut both = Both::default();
    both.say(1..=2_500);
    assert_eq!(both.fading(2_400), (Some((1, 2_400)), 2_400, 0, vec![]));
    assert_eq!(both.at_hand(1, 2_500), Some((1, 2_500, 2_500)), "it is not durable yet");
    both.past.faded(Index(2_400));
    assert_eq!(both.fading(2_500), (Some((2_401, 2_500)), 100, 2_400, vec![]));
    let remembered = HISTORY_LINES_MAX as u64;
    let first = 2_501 - remembered;
    assert_eq!(both.at_hand(1, 2_500), Some((first, 2_500, HISTORY_LINES_MAX)), "the chat's own");
    assert_eq!(both.at_hand(1, first), Some((first, first, 1)));
    assert_eq!(both.at_hand(1, first - 1), None, "that is the archive's to find");
    assert_eq!(both.at_hand(2_450, 9_999), Some((2_450, 9_999, 51)));
}

/// Else what waits before a slow disk grows with the square of the time.
#[test]
fn what_an_earlier_snapshot_brings_is_not_given_again_though_it_is_not_durable_yet() {
    let mut both = Both::default();
    both.name();
    both.say(2..=1_000);
    assert_eq!(both.past.fading(Index(500)).lines.len(), 499);
    both.say(1_001..=1_200);
    both.edit(1_201, 300, "changed since");
    let faded = both.past.fading(Index(1_201));
    let places: Vec<u64> = faded.lines.iter().map(|line| line.place.0).collect();
    assert_eq!(places, [300].into_iter().chain(501..=1_200).collect::<Vec<u64>>());
    assert_eq!(faded.behind, Index(500));
    both.past.faded(Index(500));
    assert_eq!(both.past.fading(Index(1_201)).lines.len(), 0);
    both.edit(1_202, 300, "changed again");
    assert_eq!(both.archived(1_202), [(300, "changed again".to_owned())]);
}

#[test]
fn what_a_snapshot_of_another_node_skips_is_a_gap() {
    let mut other = Both::default();
    other.say(1..=5_000);
    let mut both = Both::default();
    both.say(1..=300);
    both.past.faded(Index(200));
    both.chat = Chat::restore(&other.chat.snapshot()).unwrap();
    both.past.installed(Index(5_000), &both.chat);
    let forgotten = other.chat.forgotten().0;
    assert_eq!(forgotten, 4_000);
    let expected = (Some((201, 5_000)), 1_100, forgotten, vec![(301, forgotten)]);
    assert_eq!(both.fading(5_000), expected);
    assert_eq!(both.at_hand(1, 5_000), Some((4_001, 5_000, 1_000)));
    assert_eq!(both.at_hand(1, 250), None, "older lines are looked for where they all are");
    both.past.faded(Index(5_000));
    assert_eq!(both.fading(5_001), (None, 0, 5_000, vec![]));
}

#[test]
fn a_snapshot_that_reaches_back_to_what_is_known_leaves_no_gap_and_no_line_comes_twice() {
    let mut other = Both::default();
    other.say(1..=1_200);
    let mut both = Both::default();
    both.say(1..=300);
    both.chat = Chat::restore(&other.chat.snapshot()).unwrap();
    both.past.installed(Index(1_200), &both.chat);
    assert_eq!(both.fading(1_200), (Some((1, 1_200)), 1_200, 0, vec![]));
}

#[test]
fn a_node_that_comes_back_gives_again_what_its_snapshot_holds() {
    let mut before = Both::default();
    before.say(1..=3_000);
    let chat = Chat::restore(&before.chat.snapshot()).unwrap();
    let mut both = Both { chat, past: Past::default() };
    both.past.installed(Index(3_000), &both.chat);
    both.say(3_001..=3_010);
    let expected = (Some((2_001, 3_010)), 1_010, 2_000, vec![(1, 2_000)]);
    assert_eq!(both.fading(3_010), expected);
}

/// A record as release 1 wrote it.
fn release_1(minute: u64, name: Option<&ringchat::chat::name::Name>, text: &str) -> Vec<u8> {
    let mut bytes = vec![1];
    for number in [minute, 8, ME.0] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.push(if name.is_some() { 2 } else { 1 });
    if let Some(name) = name {
        bytes.extend((name.as_str().len() as u32).to_le_bytes());
        bytes.extend(name.as_str().as_bytes());
    }
    bytes.extend(text.as_bytes());
    bytes
}

#[test]
fn a_line_that_is_changed_takes_its_old_place_in_the_archive() {
    let mut both = Both::default();
    both.name();
    both.say(2..=20);
    both.edit(21, 5, "changed before it was given away");
    assert_eq!(both.archived(20)[3], (5, "changed before it was given away".to_owned()));
    both.edit(22, 6, "changed while the archive writes");
    both.past.faded(Index(20));
    let twice = (5, "changed before it was given away".to_owned());
    let since = (6, "changed while the archive writes".to_owned());
    assert_eq!(both.archived(22), [twice, since], "what may not be there is written once more");
    both.past.faded(Index(22));
    assert_eq!(both.archived(22), []);
    both.edit(23, 7, "changed long after");
    both.edit(24, 7, "and again");
    assert_eq!(both.archived(24), [(7, "and again".to_owned())]);
}

#[test]
fn a_snapshot_brings_the_changes_that_were_skipped() {
    let mut other = Both::default();
    other.name();
    other.say(2..=20);
    let mut both =
        Both { chat: Chat::restore(&other.chat.snapshot()).unwrap(), past: Past::default() };
    both.past.installed(Index(20), &both.chat);
    both.past.faded(Index(20));
    other.edit(21, 5, "elsewhere");
    both.chat = Chat::restore(&other.chat.snapshot()).unwrap();
    both.past.installed(Index(21), &both.chat);
    assert_eq!(both.archived(21), [(5, "elsewhere".to_owned())]);
}

#[test]
fn a_record_holds_all_of_a_line_and_other_bytes_are_an_error() {
    let name = ringchat::chat::name::Name::new("ann").unwrap();
    let texts = ["", "x", "grüße, 世界"];
    for (text, name) in texts.iter().flat_map(|text| [(text, None), (text, Some(name.clone()))]) {
        let text = (*text).to_owned();
        let old = release_1(77, name.as_ref(), &text);
        let read = Line::of_record(Index(9), &old).unwrap();
        assert_eq!((read.text.as_str(), read.minute(), &read.name), (text.as_str(), 77, &name));
        assert_eq!(minute(&old), Ok(77));
        let line = Line { second: 77 * 60 + 5, ..Line::said(Index(9), ME, name, &text) };
        let record = line.record();
        assert_eq!(Line::of_record(Index(9), &record), Ok(line));
        assert_eq!(minute(&record), Ok(77));
        let head = record.len() - text.len();
        for length in 0..head {
            assert!(Line::of_record(Index(9), &record[..length]).is_err(), "{length}");
        }
    }
    let all = Line {
        person: PersonId::Account(AccountId(Index(3))),
        group: GroupId(Index(4)),
        kind: Kind::Does,
        revision: Revision::Removed(Index(8)),
        ..Line::said(Index(7), ME, Some(name.clone()), "")
    };
    let edited = Line { revision: Revision::Edited(Index(9)), ..all.clone() };
    for line in [all, edited] {
        assert_eq!(Line::of_record(Index(7), &line.record()), Ok(line));
    }
    for wrong in [
        &b""[..],
        b"\x00",
        b"\x02\x40",
        b"\x03aaaaaaaabbbbbbbbcccccccc\x01",
        &[1; 200_000],
        &[1; 12],
    ] {
        assert!(Line::of_record(Index(1), wrong).is_err(), "{} bytes", wrong.len());
    }
    let careless = Line::said(Index(1), ME, None, "\u{1b}[31mred");
    let read = Line::of_record(Index(1), &careless.record()).unwrap();
    assert_eq!(read.text, "red", "nobody's terminal is at the mercy of a peer");
}

#[test]
fn history_is_kept_by_number_or_by_age() {
    for (typed, expected) in [
        ("all", KeepHistory::All),
        ("1", KeepHistory::Lines(1)),
        (" 100000 ", KeepHistory::Lines(100_000)),
        ("90m", KeepHistory::Minutes(90)),
        ("12h", KeepHistory::Minutes(720)),
        ("30d", KeepHistory::Minutes(43_200)),
        ("8w", KeepHistory::Minutes(80_640)),
    ] {
        assert_eq!(keep(typed), Ok(expected), "{typed:?}");
    }
    for typed in
        ["", "0", "0d", "-1", "1.5d", "d", "30 d", "1y", "99999999999999999999", "everything"]
    {
        assert!(keep(typed).unwrap_err().contains("expected all, a number"), "{typed:?}");
    }
    let most = format!("{}w", u64::MAX);
    assert!(keep(&most).is_err());
}
