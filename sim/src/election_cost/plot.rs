//! The costs as a drawing: messages over nodes, both on logarithmic axes.

use std::fmt::Write;

use super::harmonic;
use super::table::Row;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 520.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 40.0;
const RIGHT: f64 = 210.0;
const BOTTOM: f64 = 60.0;

/// A line of the drawing: its name, its colour, whether it is a formula, and a value for each row.
type Line = (&'static str, &'static str, bool, Box<dyn Fn(&Row) -> f64>);

fn lines() -> Vec<Line> {
    let n = |row: &Row| row.nodes as f64;
    vec![
        ("ring, worst order", "#c0392b", false, Box::new(|row| row.ring_worst.messages() as f64)),
        ("ring, mean", "#2471a3", false, Box::new(move |row| row.ring_mean + n(row))),
        ("ring, best order", "#1e8449", false, Box::new(|row| row.ring_best.messages() as f64)),
        ("Fast Bully, worst", "#8e44ad", false, Box::new(|row| row.bully_worst.messages() as f64)),
        ("n·H(n) + n", "#2471a3", true, Box::new(move |row| n(row) * harmonic(row.nodes) + n(row))),
        (
            "Bully, worst: n²−n−1",
            "#7f8c8d",
            true,
            Box::new(move |row| n(row) * n(row) - n(row) - 1.0),
        ),
    ]
}

/// An SVG document. Formulas are dashed.
pub fn svg(rows: &[Row]) -> String {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return String::new() };
    let (from, to) = (first.nodes as f64, (last.nodes as f64).max(first.nodes as f64 + 1.0));
    let most = lines().iter().map(|line| line.3(last)).fold(10.0, f64::max);
    let least = lines().iter().map(|line| line.3(first)).fold(most, f64::min);
    let along = |value: f64, from: f64, to: f64| (value / from).ln() / (to / from).ln();
    let x = |nodes: f64| LEFT + along(nodes, from, to) * (WIDTH - LEFT - RIGHT);
    let y = |count: f64| HEIGHT - BOTTOM - along(count, least, most) * (HEIGHT - TOP - BOTTOM);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"16\">Messages of an election</text>\n"
    );
    // Writing to a string cannot fail.
    for nodes in [3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0] {
        if (from..=to).contains(&nodes) {
            let (x, foot) = (x(nodes), HEIGHT - BOTTOM);
            let _ = writeln!(
                text,
                "<line x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{foot}\" stroke=\"#ddd\"/>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{nodes}</text>",
                foot + 18.0
            );
        }
    }
    for count in [5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0] {
        if (least..=most).contains(&count) {
            let (y, right) = (y(count), WIDTH - RIGHT);
            let _ = writeln!(
                text,
                "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\" stroke=\"#ddd\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{count}</text>",
                LEFT - 8.0,
                y + 4.0
            );
        }
    }
    for (place, (name, colour, formula, of)) in lines().into_iter().enumerate() {
        let points: Vec<String> = rows
            .iter()
            .map(|row| format!("{:.1},{:.1}", x(row.nodes as f64), y(of(row))))
            .collect();
        let dashes = if formula { " stroke-dasharray=\"6 4\"" } else { "" };
        let (left, level) = (WIDTH - RIGHT + 12.0, TOP + 20.0 * place as f64 + 10.0);
        let _ = writeln!(
            text,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dashes}/>\n\
             <line x1=\"{left}\" y1=\"{level}\" x2=\"{}\" y2=\"{level}\" stroke=\"{colour}\" \
             stroke-width=\"2\"{dashes}/><text x=\"{}\" y=\"{}\">{name}</text>",
            points.join(" "),
            left + 24.0,
            left + 30.0,
            level + 4.0
        );
    }
    let _ = writeln!(
        text,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">nodes in the ring</text>\n\
         <text x=\"18\" y=\"{:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 18 {:.1})\">messages</text>\n\
         </svg>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 18.0,
        HEIGHT / 2.0,
        HEIGHT / 2.0
    );
    text
}
