//! When two names are the same to people: a skeleton, by a table that never changes.
//!
//! The table is our own and small, and no Unicode table, since those differ between releases and all
//! nodes must agree. (The idea is that of Unicode Technical Standard 39, section 4.)

/// What is left of a name once look-alikes are one. Two names with the same skeleton are the same name.
pub fn skeleton(name: &str) -> String {
    name.chars().map(narrow).filter(|c| !is_invisible(*c)).map(fold).collect()
}

/// Full-width forms are their ASCII twins, blanks are blanks, all hyphens are one.
fn narrow(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
        }
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '_' => '-',
        other => other,
    }
}

/// Characters of no width of their own, and marks that sit on the letter before.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{300}'..='\u{36f}'
            | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2060}'..='\u{2064}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// ASCII letters in one case; digits, Cyrillic and Greek letters as the Latin ones that they look like.
fn fold(character: char) -> char {
    match character.to_ascii_lowercase() {
        '0' | 'О' | 'о' | 'Ο' | 'ο' => 'o',
        '1' | 'i' | '|' | 'І' | 'і' | 'Ӏ' | 'ӏ' | 'Ι' | 'ι' | 'ı' | 'ℓ' => 'l',
        'А' | 'а' | 'Α' | 'α' => 'a',
        'В' | 'в' | 'Β' => 'b',
        'С' | 'с' => 'c',
        'ԁ' | 'Ԁ' => 'd',
        'Е' | 'е' | 'Ε' | 'ε' => 'e',
        'ɡ' => 'g',
        'Н' | 'н' | 'Һ' | 'һ' | 'Η' => 'h',
        'Ј' | 'ј' => 'j',
        'К' | 'к' | 'Κ' | 'κ' | '\u{212a}' => 'k',
        'М' | 'м' | 'Μ' => 'm',
        'Ν' => 'n',
        'Р' | 'р' | 'Ρ' | 'ρ' => 'p',
        'Ԛ' | 'ԛ' => 'q',
        'Ѕ' | 'ѕ' | 'ſ' => 's',
        'Т' | 'т' | 'Τ' | 'τ' => 't',
        'υ' => 'u',
        'ν' | 'Ѵ' | 'ѵ' => 'v',
        'Ԝ' | 'ԝ' => 'w',
        'Х' | 'х' | 'Χ' | 'χ' => 'x',
        'У' | 'у' | 'Υ' | 'γ' => 'y',
        'Ζ' => 'z',
        other => other,
    }
}
