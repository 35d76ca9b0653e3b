//! The plots of an evaluation, as SVG: how latency and throughput go with the size of the ring.

use std::error::Error;
use std::time::Duration;

use plotters::prelude::*;

use super::case::{BIG, Load, SMALL};
use super::figures::Figures;
use super::measure::Outcome;

/// Width and height of a plot, in pixels.
const SIZE: (u32, u32) = (860, 520);

/// The colours of lines: blue, red, green and orange (Okabe and Ito, 2008: the colour-blind can tell them).
const COLOURS: [RGBColor; 4] =
    [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115), RGBColor(230, 159, 0)];

/// A plot that is to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// The name of its file.
    pub file: &'static str,
    /// What it shows.
    pub title: String,
    /// What stands beside the vertical axis, with its unit.
    pub unit: &'static str,
    /// Whether its values grow to the right, so that there is room for the key on the left. The others
    /// need more room above.
    pub grows: bool,
    /// Its lines.
    pub curves: Vec<Curve>,
}

/// A line of a plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it is of.
    pub label: String,
    /// Sizes of rings, and the values there.
    pub points: Vec<(i32, f64)>,
}

/// All plots of these measurements.
pub fn plots(outcomes: &[Outcome]) -> Vec<Plot> {
    let latency = |file, load: Load, what: &str| Plot {
        file,
        title: format!("Latency to delivery at every member, {what}"),
        unit: "latency in milliseconds (logarithmic)",
        grows: true,
        curves: [(SMALL, "64 B"), (BIG, "16 KiB")]
            .into_iter()
            .flat_map(|(bytes, size)| {
                let curve = |percentile: &str, of: fn(&Figures) -> Duration| {
                    let value = move |figures: &Figures| of(figures).as_secs_f64() * 1_000.0;
                    curve(outcomes, load, bytes, format!("{size}, {percentile}"), &value)
                };
                [curve("p50", |figures| figures.all.p50), curve("p99", |figures| figures.all.p99)]
            })
            .collect(),
    };
    let throughput = [(Load::Few, SMALL), (Load::Few, BIG), (Load::Many, SMALL), (Load::Many, BIG)];
    let throughput = throughput.into_iter().map(|(load, bytes)| {
        let label = format!("{load} lines of {bytes} B");
        curve(outcomes, load, bytes, label, &|figures: &Figures| figures.rate)
    });
    vec![
        latency("latency-few.svg", Load::Few, "one line under way"),
        latency("latency-many.svg", Load::Many, "many lines under way"),
        Plot {
            file: "throughput.svg",
            title: "Throughput, delivered at every member".to_owned(),
            unit: "lines a second (logarithmic)",
            grows: false,
            curves: throughput.collect(),
        },
    ]
}

fn curve(
    outcomes: &[Outcome],
    load: Load,
    bytes: usize,
    label: String,
    value: &dyn Fn(&Figures) -> f64,
) -> Curve {
    let of = outcomes.iter().filter(|it| it.case.load == load && it.case.bytes == bytes);
    let point = |outcome: &Outcome| {
        let members = i32::try_from(outcome.members).unwrap_or(i32::MAX);
        (members, value(&Figures::of(outcome)))
    };
    Curve { label, points: of.map(point).collect() }
}

/// Draws a plot.
///
/// # Errors
/// What the library says.
pub fn draw(plot: &Plot) -> Result<String, String> {
    let mut text = String::new();
    draw_into(plot, &mut text).map_err(|error| error.to_string())?;
    Ok(text)
}

fn draw_into(plot: &Plot, text: &mut String) -> Result<(), Box<dyn Error>> {
    let points = || plot.curves.iter().flat_map(|curve| &curve.points);
    let first = points().map(|(members, _)| *members).min().unwrap_or(3);
    let last = points().map(|(members, _)| *members).max().unwrap_or(9);
    // A logarithm has no zero, and a range has two ends.
    let values = || points().map(|(_, value)| *value).filter(|value| *value > 0.0);
    let least = values().fold(f64::MAX, f64::min).min(1e6) / 2.0;
    let room = if plot.grows { 2.0 } else { 16.0 };
    let most = values().fold(0.0, f64::max).max(2.0 * least) * room;
    let root = SVGBackend::with_string(text, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(&plot.title, ("sans-serif", 28))
        .margin(16)
        .x_label_area_size(52)
        .y_label_area_size(84)
        .build_cartesian_2d(first - 1..last + 1, (least..most).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("members of the ring")
        .y_desc(plot.unit)
        .axis_desc_style(("sans-serif", 20))
        .label_style(("sans-serif", 18))
        .light_line_style(TRANSPARENT)
        .x_labels(usize::try_from(last - first + 3).unwrap_or(9))
        .y_label_formatter(&|value| {
            if *value < 10.0 { format!("{value:.1}") } else { format!("{value:.0}") }
        })
        .draw()?;
    for (number, Curve { label, points }) in plot.curves.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let line = LineSeries::new(points.iter().copied(), colour.stroke_width(2)).point_size(3);
        let key = move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], colour.stroke_width(2));
        chart.draw_series(line)?.label(label).legend(key);
    }
    chart
        .configure_series_labels()
        .position(if plot.grows {
            SeriesLabelPosition::UpperLeft
        } else {
            SeriesLabelPosition::UpperRight
        })
        .label_font(("sans-serif", 18))
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK)
        .draw()?;
    root.present()?;
    Ok(())
}
